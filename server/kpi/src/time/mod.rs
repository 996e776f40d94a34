//! Days, periods and working hours, each in a time zone.
//!
//! - [`zone`]: days in a zone; [`period`]: named spans of days; [`calendar`]: working hours
//! - [`timeline`]: several periods on one axis

pub mod calendar;
pub mod period;
pub mod timeline;
pub mod zone;
