//! The data for ICU4X: CLDR as compiled in, except for two things that its formatters give no choice about.
//! A minus is a minus and not a hyphen, and amounts of money have as many decimals as a figure needs, not always the
//! currency's.

use icu::decimal::provider::{DecimalDigitsV1, DecimalSymbolStrsBuilder, DecimalSymbols, DecimalSymbolsV1};
use icu::plurals::provider::PluralsCardinalV1;
use icu_experimental::dimension::provider::currency::essentials::{CurrencyEssentials, CurrencyEssentialsV1};
use icu_experimental::dimension::provider::currency::fractions::{
    CurrencyFractions, CurrencyFractionsV1, FractionInfo,
};
use icu_experimental::dimension::provider::currency::no_currency::CurrencyPatternsNoCurrencyV1;
use icu_experimental::dimension::provider::currency::symbols::{CurrencyDecimalSymbolsV1, CurrencySymbolsV1};
use icu_experimental::dimension::provider::percent::{DecimalPercentV1, PercentEssentials};
use icu_experimental::dimension::provider::units::categorized_display_names::{
    UnitsNamesDurationCoreV1, UnitsNamesDurationExtendedV1, UnitsNamesDurationOutlierV1,
};
use icu_pattern::{DoublePlaceholderPattern, PatternItem, PatternItemCow};
use icu_provider::{DataError, DataPayload, DataProvider, DataRequest, DataResponse, DataResponseMetadata};
use zerovec::ZeroMap;

const MINUS: &str = "−";

/// CLDR, with this many decimals for amounts of money.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cldr {
    pub money_digits: u8,
}

macro_rules! as_compiled_in {
    ($($marker:ty: $baked:expr),* $(,)?) => {
        $(impl DataProvider<$marker> for Cldr {
            fn load(&self, request: DataRequest) -> Result<DataResponse<$marker>, DataError> {
                $baked.load(request)
            }
        })*
    };
}

as_compiled_in! {
    DecimalDigitsV1: icu::decimal::provider::Baked,
    PluralsCardinalV1: icu::plurals::provider::Baked,
    CurrencyDecimalSymbolsV1: icu_experimental::provider::Baked,
    CurrencyPatternsNoCurrencyV1: icu_experimental::provider::Baked,
    CurrencySymbolsV1: icu_experimental::provider::Baked,
    UnitsNamesDurationCoreV1: icu_experimental::provider::Baked,
    UnitsNamesDurationExtendedV1: icu_experimental::provider::Baked,
    UnitsNamesDurationOutlierV1: icu_experimental::provider::Baked,
}

impl DataProvider<CurrencyFractionsV1> for Cldr {
    fn load(&self, _: DataRequest) -> Result<DataResponse<CurrencyFractionsV1>, DataError> {
        let default = FractionInfo { digits: self.money_digits, ..FractionInfo::default() };
        let fractions = CurrencyFractions { fractions: ZeroMap::new(), default };
        let metadata = DataResponseMetadata::default();
        Ok(DataResponse { metadata, payload: DataPayload::from_owned(fractions) })
    }
}

impl DataProvider<CurrencyEssentialsV1> for Cldr {
    fn load(&self, request: DataRequest) -> Result<DataResponse<CurrencyEssentialsV1>, DataError> {
        let found: DataResponse<CurrencyEssentialsV1> = icu_experimental::provider::Baked.load(request)?;
        let CurrencyEssentials { patterns, indices } = found.payload.get();
        // Some locales write where the minus stands: “CHF-5” in Switzerland.
        let with_minus = |pattern: &DoublePlaceholderPattern| {
            let items = pattern.iter().map(|item| match item {
                PatternItem::Literal(text) => PatternItemCow::Literal(text.replace('-', MINUS).into()),
                PatternItem::Placeholder(place) => PatternItemCow::Placeholder(place),
            });
            DoublePlaceholderPattern::try_from_items(items)
        };
        let patterns = patterns.iter().map(with_minus).collect::<Result<Vec<_>, _>>();
        let patterns = patterns.map_err(|_| DataError::custom("a pattern without its minus"))?;
        let essentials = CurrencyEssentials { patterns: (&patterns).into(), indices: *indices };
        Ok(DataResponse { metadata: found.metadata, payload: DataPayload::from_owned(essentials) })
    }
}

impl DataProvider<DecimalPercentV1> for Cldr {
    fn load(&self, request: DataRequest) -> Result<DataResponse<DecimalPercentV1>, DataError> {
        let found: DataResponse<DecimalPercentV1> = icu_experimental::provider::Baked.load(request)?;
        let payload = found.payload.map_project(|percent, _| {
            let minus_sign = percent.minus_sign.replace('-', MINUS).into();
            PercentEssentials { minus_sign, ..percent }
        });
        Ok(DataResponse { metadata: found.metadata, payload })
    }
}

impl DataProvider<DecimalSymbolsV1> for Cldr {
    fn load(&self, request: DataRequest) -> Result<DataResponse<DecimalSymbolsV1>, DataError> {
        let found: DataResponse<DecimalSymbolsV1> = icu::decimal::provider::Baked.load(request)?;
        let symbols = found.payload.get();
        let written = &symbols.strings;
        let prefix = written.minus_sign_prefix().replace('-', MINUS);
        let suffix = written.minus_sign_suffix().replace('-', MINUS);
        let strings = DecimalSymbolStrsBuilder {
            minus_sign_prefix: prefix.as_str().into(),
            minus_sign_suffix: suffix.as_str().into(),
            plus_sign_prefix: written.plus_sign_prefix().into(),
            plus_sign_suffix: written.plus_sign_suffix().into(),
            decimal_separator: written.decimal_separator().into(),
            grouping_separator: written.grouping_separator().into(),
            numsys: written.numsys().into(),
        };
        let symbols = DecimalSymbols { strings: strings.build(), grouping_sizes: symbols.grouping_sizes };
        Ok(DataResponse { metadata: found.metadata, payload: DataPayload::from_owned(symbols) })
    }
}
