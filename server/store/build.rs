//! The migrations are embedded at compile time: compile again when they change.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
