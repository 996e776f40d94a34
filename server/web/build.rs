//! The pages are embedded at compile time: compile again when they change.

fn main() {
    println!("cargo:rerun-if-changed=../../templates/web");
}
