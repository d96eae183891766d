# Component samples
gallery-title = Components
gallery-lead = Pages are built of these. Every component is here in all its states, once in each language and once more in large type.
gallery-elder = Large type
gallery-tags = Tags and lights
gallery-figures = Figures
gallery-buttons = Buttons
gallery-notices = Notices
gallery-fields = Forms
gallery-letters = Letters
gallery-service = Household registration
gallery-department = Public security
gallery-evidence = Household register
gallery-line = The page of the head of the household is sharp and complete
gallery-said = The lower right corner of the photograph cannot be read; please take another one.
