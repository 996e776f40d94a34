//! Builds again when a built-in KPI is added or the shipped thresholds change.

fn main() {
    println!("cargo:rerun-if-changed=../../kpis");
    println!("cargo:rerun-if-changed=../../config/thresholds.toml");
}
