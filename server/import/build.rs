//! Builds again when a built-in mapping is added.

fn main() {
    println!("cargo:rerun-if-changed=../../config/imports");
}
