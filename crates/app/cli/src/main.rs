//! The binary: everything is in the library beside it.

use std::process::ExitCode;

/// Cases are made of small strings; the C library's allocator took a third of this process's time under load.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    yijianshi::main()
}
