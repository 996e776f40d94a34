//! The command line.

use crate::ending::Failure;
use crate::home::Home;
use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use pegel_delivery::Clock;
use pegel_kpi::definition::declaration::Lag;
use pegel_report::definition::Every;
use pegel_report::signature::PublicKey;
use pegel_text::clean::{is_blank, one_line};
use std::path::{Path, PathBuf};

/// The environment's password for the mail server.
const MAIL_PASSWORD: &str = "PEGEL_MAIL_PASSWORD";

/// Reports on sales run with partners: KPIs as scripts, weekly mails, an archive that can be verified.
#[derive(Debug, Parser)]
#[command(name = "pegel", version, propagate_version = true)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// What all commands take.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// The folder that holds configuration, KPIs, templates and database [default: the working directory]
    #[arg(long, global = true, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// sqlite:PATH or postgres://…, instead of the configured database
    #[arg(long, global = true, value_name = "URL", env = "PEGEL_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// smtp://…, smtps://… or folder:PATH, instead of the configured mail transport
    #[arg(long, global = true, value_name = "URL", env = "PEGEL_MAIL_URL", hide_env_values = true)]
    pub mail_url: Option<String>,
    /// The time, instead of the machine's clock, which then stands still: for trying things out
    #[arg(long, global = true, value_name = "INSTANT", hide = true)]
    pub now: Option<Timestamp>,
}

impl Global {
    /// The home's folder.
    pub fn home(&self) -> PathBuf {
        self.home.clone().unwrap_or_else(|| PathBuf::from("."))
    }

    /// Opens the home in a folder, with what the command line says laid over its configuration.
    ///
    /// # Errors
    /// If the configuration cannot be read or understood.
    pub fn open(&self, path: &Path) -> Result<Home, Failure> {
        let home = Home::open(path, self.database_url.as_deref(), self.mail_url.as_deref())?;
        // No option: everybody on the machine sees command lines.
        let password = std::env::var(MAIL_PASSWORD).ok().filter(|password| !password.is_empty());
        Ok(home.with_mail_password(password))
    }

    /// The machine's clock, or the time that the command line says.
    pub fn clock(&self) -> Clock {
        self.now.map_or_else(Clock::system, Clock::fixed)
    }
}

/// What is to be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show Pegel with made-up data: fill a home, make last week's report, serve the pages
    Demo(Demo),
    /// Serve the pages, make reports when they are due, send mails
    Serve(Serve),
    /// Create a home: folder, configuration, schema
    Init {
        /// [default: the home]
        dir: Option<PathBuf>,
    },
    /// Bring the database's schema up to date
    Migrate,
    /// Import files through a mapping; list imports, and take them back
    Import(Import),
    /// Print a reference: of mappings, reports, tables, or the language of KPIs
    #[command(subcommand)]
    Docs(Docs),
    /// List, show, check, test, compute and activate KPIs
    #[command(subcommand)]
    Kpi(Kpi),
    /// List, run and verify reports
    #[command(subcommand)]
    Report(Report),
    /// Check all that a Monday needs: files, recipients, data, outbox, mail server, disk, clock; nothing is changed or sent
    Doctor,
    /// Say when reports are due
    #[command(subcommand)]
    Schedule(Schedule),
    /// List the marks in force and how they changed; try out what others would have told
    #[command(subcommand)]
    Threshold(Threshold),
    /// List what is watched and what stands; acknowledge and mute alerts
    #[command(subcommand)]
    Alert(Alert),
    /// List mails and what became of them, and send them again
    #[command(subcommand)]
    Deliveries(Deliveries),
    /// List the channels beside mail, and see whether they take messages
    #[command(subcommand)]
    Channel(Channel),
    /// See whether the mail server takes mails
    #[command(subcommand)]
    Mail(Mail),
}

/// Where `pegel demo` serves its pages, unless told otherwise.
pub const DEMO_PORT: u16 = 7345;

/// `pegel demo`
#[derive(Debug, Args)]
pub struct Demo {
    /// The port to serve the pages on
    #[arg(long, default_value_t = DEMO_PORT)]
    pub port: u16,
    /// Stop after the report, and say where things are
    #[arg(long)]
    pub once: bool,
    /// The random seed: another number gives other data
    #[arg(long, default_value_t = 46, hide = true)]
    pub seed: u64,
}

/// `pegel serve`
#[derive(Debug, Args)]
pub struct Serve {
    /// Where to listen, instead of the configured address
    #[arg(long, value_name = "HOST:PORT")]
    pub address: Option<String>,
}

/// `pegel import …`
#[derive(Debug, Args)]
#[command(subcommand_negates_reqs = true)]
pub struct Import {
    #[command(flatten)]
    pub files: Option<ImportFiles>,
    #[command(subcommand)]
    pub imports: Option<Imports>,
}

/// `pegel import list` and the like
#[derive(Debug, Subcommand)]
pub enum Imports {
    /// List imports, the newest first
    List {
        /// Only those of this system
        #[arg(long)]
        system: Option<String>,
    },
    /// Take back an import: its rows are what they were before it
    Undo {
        /// Its number, as `pegel import list` shows it; one of the last three of its system [default: the newest]
        #[arg(value_name = "N")]
        import: Option<i64>,
    },
}

/// `pegel import FILE…`
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
#[derive(Debug, Args)]
pub struct ImportFiles {
    /// CSV, workbooks or JSON, also packed; - is standard input, * and ? stand for names. Several are one import
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The mapping: a file of config/imports without its ending, or a built-in one
    #[arg(long, value_name = "NAME", required_unless_present = "suggest")]
    pub map: Option<String>,
    /// Write a mapping for the file, with reasons, into config/imports/NAME.toml, and import nothing [default: as the
    /// file is called]
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "")]
    #[arg(conflicts_with_all = ["map", "dry_run", "allow_shrink", "rejected"])]
    pub suggest: Option<String>,
    /// Show what would happen, write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Let a complete file take away more than a tenth of its table
    #[arg(long)]
    pub allow_shrink: bool,
    /// Reject rows of which something would be noted, and the file if all of it is odd
    #[arg(long)]
    pub strict: bool,
    /// Print what became of the rows as JSON
    #[arg(long)]
    pub json: bool,
    /// Write rejected rows into a CSV file, with line, column and reason
    #[arg(long, value_name = "FILE")]
    pub rejected: Option<PathBuf>,
}

/// `pegel docs …`
#[derive(Debug, Subcommand)]
pub enum Docs {
    /// What a rule of alerts can say: what is watched, and who is told
    Alerts,
    /// What a channel beside mail can say: webhooks, Slack, Teams, folders
    Channels,
    /// What a mapping can say: how a file becomes facts
    Mapping,
    /// What a report can say: what is mailed, to whom, when
    Reports,
    /// The language of KPI scripts
    Kpis,
    /// What a table, an attribute or a dimension of a home's own can say
    Tables,
    /// The shape of editions as JSON: a JSON Schema
    EditionJson,
}

/// `pegel kpi …`
#[derive(Debug, Subcommand)]
pub enum Kpi {
    /// List the KPIs in force
    List,
    /// Show a KPI's definition
    Show { id: String },
    /// Load scripts, and say what is wrong with them
    Check {
        /// A file or folder [default: all KPIs of the home]
        path: Option<PathBuf>,
    },
    /// Run the tests in scripts, and say what they leave out
    Test(Test),
    /// Start a KPI: write a commented script, with a test that passes
    New {
        /// Its id: small letters, digits and _
        id: String,
        /// The folder below kpis/
        #[arg(long, value_name = "PACK", default_value = "own")]
        pack: String,
    },
    /// Print the reference of the language of KPI scripts
    Reference {
        /// Print Rhai definitions for editors instead
        #[arg(long)]
        definitions: bool,
    },
    /// Compute a KPI
    Value(Value),
    /// List the rows behind a KPI's figure, the oldest first
    Rows(Rows),
    /// Put the KPIs of the home's files in force, after showing what changes
    Activate(Activate),
    /// Go back to KPIs that were in force before; the files stay as they are
    Rollback {
        /// The number of an activation, as `pegel kpi history` lists them [default: the one before]
        activation: Option<i64>,
    },
    /// List which KPIs came into force, and when
    History {
        /// Only this KPI or file
        #[arg(value_name = "KPI or FILE")]
        of: Option<String>,
    },
    /// Compare two versions of a KPI's file
    Diff(Diff),
    /// Say how much is kept of what was computed, so that rows are not read again
    Kept {
        /// Let all of it go: figures are computed anew when they are asked for next
        #[arg(long)]
        forget: bool,
    },
}

/// `pegel kpi activate`
#[derive(Debug, Args)]
pub struct Activate {
    /// Show what would change, and activate nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Activate even if tests fail; this is recorded
    #[arg(long)]
    pub force: bool,
    /// Compare the figures of the last N complete periods
    #[arg(long, value_name = "N", default_value_t = 13, value_parser = clap::value_parser!(u16).range(1..=400))]
    pub periods: u16,
    /// How long each of them is
    #[arg(long, value_enum, default_value_t = Span::Week)]
    pub span: Span,
}

/// How long a period is.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Span {
    Week,
    Month,
    Quarter,
    Year,
}

impl Span {
    /// `week`
    pub fn word(self) -> &'static str {
        match self {
            Span::Week => "week",
            Span::Month => "month",
            Span::Quarter => "quarter",
            Span::Year => "year",
        }
    }
}

/// `pegel kpi diff`
#[derive(Debug, Args)]
pub struct Diff {
    /// The id of a KPI, or a file such as `partner/feedback_rate.rhai`
    #[arg(value_name = "KPI or FILE")]
    pub of: String,
    /// The number of an activation [default: the one in force]
    pub before: Option<i64>,
    /// The number of another one [default: the file as it is now]
    pub after: Option<i64>,
}

/// `pegel kpi test`
#[derive(Debug, Args)]
pub struct Test {
    /// A file or folder [default: all KPIs of the home]
    pub path: Option<PathBuf>,
    /// Only tests whose "FILE: NAME" matches
    #[arg(long, value_name = "REGEX")]
    pub run: Option<String>,
    /// Also write the results as `JUnit` XML
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
}

/// An instant with its zone.
fn instant(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| {
        "write an instant with its zone, such as 2026-11-23T06:00:00Z or 2026-11-23T07:00+01:00".to_owned()
    })
}

/// As many characters as a reason may have.
const LONGEST_REASON: usize = 500;

/// Why an edition is made again, on one line.
fn reason(text: &str) -> Result<String, String> {
    let text = one_line(text.trim());
    match text.chars().count() {
        _ if is_blank(&text) => Err("say why".to_owned()),
        count if count > LONGEST_REASON => Err(format!("say it in at most {LONGEST_REASON} characters, not {count}")),
        _ => Ok(text.into_owned()),
    }
}

/// A figure of a KPI.
#[derive(Debug, Args)]
pub struct Figure {
    pub id: String,
    /// 2026-W45, 2026-11, 2026-Q4, 2026, 2026-11-02..2026-11-08, last-week, this-month, …
    #[arg(long)]
    pub period: String,
    /// Only the rows of one group
    #[arg(long = "where", value_name = "DIM=VALUE")]
    pub only: Option<String>,
    /// As it stood at this instant: what happened later is not known, relative periods refer to it
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub as_of: Option<Timestamp>,
    /// Count rows where they were at their own date, or where they would be today: a partner that has moved takes its
    /// past along
    #[arg(long, value_enum, default_value_t = Dimensions::Then)]
    pub dimensions: Dimensions,
}

/// When it is asked under which region, tier or team a row counts.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Dimensions {
    Then,
    Today,
}

/// `pegel kpi value`
#[derive(Debug, Args)]
pub struct Value {
    #[command(flatten)]
    pub figure: Figure,
    /// Break down by dimensions: partner, region, rep, …
    #[arg(long, value_name = "DIM[,DIM]", value_delimiter = ',')]
    pub by: Vec<String>,
    /// Compare with the period before, the same period a year before, and the target
    #[arg(long)]
    pub compare: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `pegel kpi rows`
#[derive(Debug, Args)]
pub struct Rows {
    #[command(flatten)]
    pub figure: Figure,
    /// Only the rows that make the figure bad: of a share those that are missing in it, or, where lower is better, those
    /// that are in it; or what the script's `rows` returns; all of them where no row does
    #[arg(long)]
    pub bad: bool,
    /// How many rows at most [default: 100 on the terminal, else all]
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Write them into a CSV file: instants in UTC, ages in seconds, amounts in whole units
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    pub csv: Option<PathBuf>,
    /// Write them into a workbook, with instants in the home's zone
    #[arg(long, value_name = "FILE", conflicts_with_all = ["json", "csv"])]
    pub xlsx: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `pegel report …`
#[derive(Debug, Subcommand)]
pub enum Report {
    /// List the reports that are set up
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show what a report is about, when it is made and who gets it
    Show {
        /// A file of config/reports without its ending
        name: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Start a report: write a commented file into config/reports
    New {
        /// Its name: small letters, digits and _
        name: String,
        /// What it covers
        #[arg(long, default_value = Every::default().name(), value_parser = PossibleValuesParser::new(Every::ALL.map(Every::name)))]
        every: String,
    },
    /// Write every form of what a report would say into a folder; nothing is kept, nobody is mailed
    Preview(Preview),
    /// Make an edition of a report and put it into the archive; nobody is mailed without --send
    Run(Run),
    /// List who would get a report: address, what they see, language and zone, and since when who wants no more of it;
    /// nobody is mailed
    Recipients {
        /// A file of config/reports without its ending
        name: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Let somebody who unsubscribed from a report get its mails again
    Subscribe {
        /// A file of config/reports without its ending
        name: String,
        /// Such as ada@example.com
        address: String,
    },
    /// List the numbers that two stored editions say differently, and why, with the lines of scripts that changed
    Diff {
        /// The number of the older edition
        old: i64,
        /// The number of the newer edition
        new: i64,
        /// Of an edition for several audiences, the one with that number, in the newer one
        #[arg(long, value_name = "N", default_value_t = 1)]
        audience: usize,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Make a file of a stored edition: a PDF, a workbook, tables, JSON, or the mail as it was sent
    Render(Render),
    /// Recompute the checksums of all stored editions, oldest first, and name what differs, is missing or was erased
    Verify {
        /// Only the edition of that number; or a file that `pegel report export` wrote, which needs no home
        #[arg(value_name = "EDITION or FILE")]
        of: Option<Verified>,
        /// Only what was signed with this key is in order: the public key, as `pegel report key` prints it
        #[arg(long, value_name = "BASE64")]
        key: Option<PublicKey>,
    },
    /// Write a stored edition into one file, which others can verify without this home
    Export {
        /// The number of the edition
        edition: i64,
        /// A zip archive
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Print the public key of this home; if it has none yet, make one, with which its editions are signed from then on
    Key,
}

/// What is verified.
#[derive(Debug, Clone)]
pub enum Verified {
    Edition(i64),
    File(PathBuf),
}

impl From<&str> for Verified {
    fn from(text: &str) -> Verified {
        text.parse().map_or_else(|_| Verified::File(PathBuf::from(text)), Verified::Edition)
    }
}

/// `pegel report preview`
#[derive(Debug, Args)]
pub struct Preview {
    /// A file of config/reports without its ending
    pub name: String,
    /// [default: the last one that the report covers, in its zone]
    #[arg(long)]
    pub period: Option<String>,
    /// [default: preview/NAME in the home]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// `pegel report render`
#[derive(Debug, Args)]
pub struct Render {
    /// The number of the edition
    pub edition: i64,
    /// What is made: mail and text as they were stored, byte for byte, the others of the stored numbers
    #[arg(long)]
    pub form: RenderForm,
    /// Of an edition for several audiences, the one with that number
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub audience: usize,
    /// [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// What `pegel report render` makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RenderForm {
    Mail,
    Text,
    /// Tagged, for archives and screen readers (PDF/A-2a, PDF/UA-1)
    Pdf,
    /// One file with all rows of every table, for any browser
    Html,
    Xlsx,
    /// An archive with a file for each table
    Csv,
    Json,
}

/// `pegel report run`
#[derive(Debug, Args)]
pub struct Run {
    /// A file of config/reports without its ending
    pub name: String,
    /// [default: the last one that the report covers, in its zone]
    #[arg(long)]
    pub period: Option<String>,
    /// Write what was made into a folder, and store nothing
    #[arg(long, value_name = "DIR", conflicts_with = "send")]
    pub out: Option<PathBuf>,
    /// Mail the edition to the report's recipients, and empty the outbox
    #[arg(long)]
    pub send: bool,
    /// Make a new edition of a period that was reported before
    #[arg(long)]
    pub again: bool,
    /// Why, in your words: readers see it in mail, page and archive, and it cannot be taken back
    #[arg(long, value_name = "TEXT", requires = "again", conflicts_with = "out", value_parser = reason)]
    pub reason: Option<String>,
}

/// `pegel schedule …`
#[derive(Debug, Subcommand)]
pub enum Schedule {
    /// List the next instants of a report's schedule, or of any other, by its clocks and in UTC
    Next(NextDue),
}

/// `pegel schedule next`
#[derive(Debug, Args)]
pub struct NextDue {
    /// A file of config/reports without its ending
    #[arg(value_name = "REPORT", required_unless_present_any = ["cron", "when"], conflicts_with_all = ["cron", "when"])]
    pub report: Option<String>,
    /// A schedule of five fields, such as "0 7 * * MON"
    #[arg(long, value_name = "EXPRESSION", conflicts_with = "when")]
    pub cron: Option<String>,
    /// A schedule in plain words, such as "first working day of the month at 06:30"
    #[arg(long, value_name = "WORDS")]
    pub when: Option<String>,
    /// By whose clocks, such as Europe/Berlin [default: those of the report, or UTC]
    #[arg(long, value_name = "IANA")]
    pub zone: Option<String>,
    /// After which instant [default: now]
    #[arg(long, value_name = "INSTANT")]
    pub from: Option<Timestamp>,
    /// How many
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    pub count: usize,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `pegel threshold …`
#[derive(Debug, Subcommand)]
pub enum Threshold {
    /// List the marks in force, with those that hold for some groups or some time
    List,
    /// List how the configured marks changed: when, by whom, from what to what
    History {
        /// Only those of this KPI
        kpi: Option<String>,
    },
    /// Say when marks would have been broken in the past, surely or by chance, and how many mails that would have meant
    Test(TestThreshold),
}

/// `pegel threshold test`
#[derive(Debug, Args)]
pub struct TestThreshold {
    /// The id of a KPI
    pub kpi: String,
    /// Instead of the mark in force: a number, a per cent such as "75 %", or none
    #[arg(long, value_name = "MARK")]
    pub warning: Option<String>,
    /// The same
    #[arg(long, value_name = "MARK")]
    pub critical: Option<String>,
    /// How many periods back, the last one that is over included
    #[arg(long, value_name = "N", default_value_t = 52, value_parser = clap::value_parser!(u16).range(1..=520))]
    pub periods: u16,
    /// Of which kind
    #[arg(long, default_value = Every::default().name(), value_parser = PossibleValuesParser::new(Every::ALL.map(Every::name)))]
    pub every: String,
    /// Also its groups in this dimension
    #[arg(long, value_name = "DIMENSION")]
    pub by: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `pegel alert …`
#[derive(Debug, Subcommand)]
pub enum Alert {
    /// List the alerts that stand, the worst first
    List {
        /// Also those that are over
        #[arg(long)]
        all: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List the rules, when each is evaluated, and when it was last
    Rules,
    /// Evaluate rules now, whether they are due or not; mails go out with the next round of a server
    Check {
        /// A file of config/alerts without its ending; all, if it is missing
        name: Option<String>,
        /// Store nothing and tell nobody
        #[arg(long)]
        dry: bool,
    },
    /// Show all that happened to an alert
    Show { alert: i64 },
    /// Say that somebody knows of it: it is not told again until it gets worse or is over
    Acknowledge {
        alert: i64,
        /// What is done about it
        #[arg(long, value_name = "TEXT")]
        note: String,
    },
    /// Tell nobody of it for a while
    Mute {
        alert: i64,
        /// 12h, 3d or 2w
        #[arg(long, value_name = "TIME", value_parser = crate::commands::alert::lag)]
        r#for: Lag,
    },
    /// Tell of it again
    Unmute { alert: i64 },
}

/// `pegel deliveries …`
#[derive(Debug, Subcommand)]
pub enum Deliveries {
    /// List mails, the newest first
    List(ListDeliveries),
    /// Show everything known about a mail
    Show { delivery: i64 },
    /// Send mails again: those named, those of an edition, those that were given up
    Resend(Resend),
}

/// `pegel deliveries list`
#[derive(Debug, Args)]
pub struct ListDeliveries {
    /// Only those of this edition
    #[arg(long, value_name = "EDITION")]
    pub edition: Option<i64>,
    /// Only those that were given up
    #[arg(long)]
    pub failed: bool,
    /// Only those that still wait
    #[arg(long, conflicts_with = "failed")]
    pub waiting: bool,
}

/// `pegel mail …`
#[derive(Debug, Subcommand)]
pub enum Mail {
    /// Talk to the configured mail server step by step, and say what it says and what to change
    Test(TestMail),
}

/// `pegel mail test`
#[derive(Debug, Args)]
pub struct TestMail {
    /// Who gets the test mail
    pub address: String,
    /// End before the mail is handed in
    #[arg(long)]
    pub dry: bool,
}

/// `pegel channel …`
#[derive(Debug, Subcommand)]
pub enum Channel {
    /// List them, and where each leads
    List,
    /// Send a test message to one, and say what the other side answers and what to change
    Test {
        /// A file of config/channels without its ending
        name: String,
    },
}

/// `pegel deliveries resend`
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct Resend {
    /// Their numbers, as `pegel deliveries list` shows them
    #[arg(value_name = "DELIVERY")]
    pub deliveries: Vec<i64>,
    /// Only those that were given up
    #[arg(long)]
    pub failed: bool,
    /// Those of this edition; without --failed also those that were handed over
    #[arg(long, value_name = "EDITION")]
    pub edition: Option<i64>,
}
