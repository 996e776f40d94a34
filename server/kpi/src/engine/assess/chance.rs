//! Which broken marks are more than chance, all groups of a breakdown together.

use super::basis::Basis;
use super::proof::Proof;
use crate::definition::threshold::Status;
use crate::judgement::judged::Unjudged;
use crate::judgement::significance::{LEVEL, discoveries};

/// How bad each of these figures surely is: the worst mark that it breaks by more than chance. They are tested together,
/// at the usual level; `milder` is that at which a figure beyond the worse of two marks is taken to break the other one.
pub fn surely(all: &[Result<Basis, Unjudged>], milder: f64) -> Vec<Status> {
    let together = |mark: usize, level: f64| -> Vec<bool> {
        let p_values = |basis: &Result<Basis, Unjudged>| match basis.as_ref().ok()?.proof {
            Proof::Tested(p_values) => p_values[mark],
            Proof::AsItStands(_) | Proof::Open => None,
        };
        let p_values: Vec<Option<f64>> = all.iter().map(p_values).collect();
        let tested: Vec<f64> = p_values.iter().flatten().copied().collect();
        let mut found = discoveries(&tested, level).into_iter();
        p_values.iter().map(|p| p.is_some() && found.next() == Some(true)).collect()
    };
    let (warning, critical, milder) = (together(0, LEVEL), together(1, LEVEL), together(0, milder));
    let surely = |(at, basis): (usize, &Result<Basis, Unjudged>)| {
        let Ok(basis) = basis else { return Status::Unjudged };
        let proved = match basis.proof {
            Proof::AsItStands(surely) => surely,
            Proof::Tested(_) if critical[at] => Status::Critical,
            Proof::Tested(_) if basis.status < Status::Critical && warning[at] => Status::Warning,
            Proof::Tested(_) if milder[at] => Status::Warning,
            Proof::Tested(_) | Proof::Open => Status::Unjudged,
        };
        proved.min(basis.status)
    };
    all.iter().enumerate().map(surely).collect()
}
