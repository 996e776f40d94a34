//! Which broken marks are more than chance, all groups of a breakdown together.

use super::basis::Basis;
use super::proof::Proof;
use crate::definition::threshold::Status;
use crate::judgement::judged::Unjudged;
use crate::judgement::significance::{LEVEL, discoveries};

/// Which of these figures break their marks by more than chance. Those of groups are tested together.
pub fn surely_broken(all: &[Result<Basis, Unjudged>], total: bool) -> Vec<bool> {
    let together = |mark: usize| -> Vec<bool> {
        let p_values = |basis: &Result<Basis, Unjudged>| match basis.as_ref().ok()?.proof {
            Proof::Tested(p_values) => p_values[mark],
            Proof::AsItStands | Proof::Open => None,
        };
        let p_values: Vec<Option<f64>> = all.iter().map(p_values).collect();
        let tested: Vec<f64> = p_values.iter().flatten().copied().collect();
        let mut found = discoveries(&tested, LEVEL).into_iter();
        p_values.iter().map(|p| p.is_some() && found.next() == Some(true)).collect()
    };
    let [warning, critical] = [together(0), together(1)];
    let sure = |(at, basis): (usize, &Result<Basis, Unjudged>)| {
        let Ok(basis) = basis else { return false };
        basis.status >= Status::Warning
            && match basis.proof {
                Proof::AsItStands => true,
                Proof::Open => false,
                Proof::Tested(_) if total => basis.is_surely_broken_alone(),
                Proof::Tested(_) if basis.status == Status::Critical => critical[at],
                Proof::Tested(_) => warning[at],
            }
    };
    all.iter().enumerate().map(sure).collect()
}

impl Basis {
    /// The p-value of the test against the mark that is broken.
    fn p_value(&self) -> Option<f64> {
        let Proof::Tested([warning, critical]) = self.proof else { return None };
        if self.status == Status::Critical { critical } else { warning }
    }

    fn is_surely_broken_alone(&self) -> bool {
        self.p_value().is_some_and(|p| p <= LEVEL)
    }
}
