//! Identifier standards with check characters: GB 32100, GB 11643, GB/T 2260, GB/T 36904.
