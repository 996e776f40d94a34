use super::ReportError;
use crate::numbers::Numbers;
use pegel_kpi::time::period::PeriodError;
use std::error::Error;
use std::io;

fn read(error: io::Error) -> ReportError {
    ReportError::Read { path: "reports/weekly.toml".into(), error }
}

fn refused() -> io::Error {
    io::Error::from_raw_os_error(13)
}

#[test]
fn no_error_tells_its_cause_twice() {
    let errors = [
        read(refused()),
        ReportError::from(PeriodError::Unknown("soon".to_owned())),
        ReportError::Source(Box::new(refused())),
        Numbers::from_json("{}").unwrap_err(),
    ];
    for error in errors {
        let message = error.to_string();
        let mut next = error.source();
        while let Some(cause) = next {
            assert!(!message.contains(&cause.to_string()), "“{message}” has the cause “{cause}”");
            next = cause.source();
        }
    }
}

#[test]
fn what_users_did_not_write_is_not_wrong_usage() {
    assert!(!read(refused()).is_usage());
    assert!(!Numbers::from_json("{}").unwrap_err().is_usage());
    assert!(!ReportError::Source(Box::new(refused())).is_usage());
    // A file that is not text was read, and users can mend it.
    assert!(read(io::Error::new(io::ErrorKind::InvalidData, "no UTF-8")).is_usage());
    assert!(ReportError::from(PeriodError::Unknown("soon".to_owned())).is_usage());
}
