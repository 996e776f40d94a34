//! Builds again when a built-in report or template is added.

fn main() {
    println!("cargo:rerun-if-changed=../../templates/mail");
    println!("cargo:rerun-if-changed=../../templates/pdf");
    println!("cargo:rerun-if-changed=../../config/reports");
}
