//! In what the amounts of the database are counted.

use crate::StoreError;
use crate::connection::{Conn, on_backend};
use crate::schema::currency;
use diesel::prelude::*;
use pegel_kpi::data::currency::{Currency, HUNDREDTHS};

/// There is one row, or none.
const ONLY: i64 = 1;

/// What is on record.
#[derive(Queryable)]
struct Recorded {
    code: Option<String>,
    digits: i32,
}

impl Recorded {
    fn digits(&self) -> u8 {
        u8::try_from(self.digits).unwrap_or(HUNDREDTHS)
    }

    /// An error if amounts of the currency are stored in other digits than these.
    fn check(&self, currency: &Currency) -> Result<(), StoreError> {
        if self.digits() == currency.stored_digits() {
            return Ok(());
        }
        Err(StoreError::OtherCurrency {
            recorded: self.code.clone().unwrap_or_else(|| "another currency".to_owned()),
            digits: self.digits(),
            configured: currency.code.clone(),
            needed: currency.stored_digits(),
        })
    }
}

fn recorded(conn: &mut Conn) -> QueryResult<Option<Recorded>> {
    currency::table.select((currency::code, currency::digits)).first(conn).optional()
}

/// In how many digits after the point amounts are stored.
pub(crate) fn digits(conn: &mut Conn) -> Result<u8, StoreError> {
    let recorded = recorded(conn).map_err(StoreError::while_("reading the currency"))?;
    Ok(recorded.map_or(HUNDREDTHS, |recorded| recorded.digits()))
}

/// Whether amounts of this currency can be read and written; where no amount was ever written, those of any can.
pub(crate) fn check(conn: &mut Conn, currency: &Currency) -> Result<(), StoreError> {
    let recorded = recorded(conn).map_err(StoreError::while_("reading the currency"))?;
    recorded.map_or(Ok(()), |recorded| recorded.check(currency))
}

/// Records in what the amounts are counted that are about to be written, unless that is on record.
pub(crate) fn record(conn: &mut Conn, currency: &Currency) -> Result<(), StoreError> {
    check(conn, currency)?;
    let code = currency::code.eq(&currency.code);
    let row = (currency::id.eq(ONLY), code, currency::digits.eq(i32::from(currency.stored_digits())));
    on_backend!(conn, conn => diesel::insert_into(currency::table)
        .values(&row)
        .on_conflict(currency::id)
        .do_update()
        .set(code)
        .execute(conn))
    .map_err(StoreError::while_("recording the currency"))?;
    Ok(())
}
