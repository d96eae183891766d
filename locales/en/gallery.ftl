# Component samples
gallery-title = Components
gallery-lead = Pages are built of these. Every component is here in all its states, once in each language and once more in large type.
gallery-elder = Large type
gallery-tags = Tags and lights
gallery-figures = Figures
gallery-buttons = Buttons
gallery-notices = Notices
gallery-fields = Forms
gallery-service = Household registration
gallery-evidence = Household register
