//! A new migration alone must rebuild this crate: the macro that embeds them cannot see new files.

#![expect(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
