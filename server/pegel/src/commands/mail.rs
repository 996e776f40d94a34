//! `pegel mail …`: whether mails can go out.

use crate::cli::{self, Global};
use crate::ending::{Done, Ending, Failure, answer, broke, usage};
use crate::post;
use anyhow::anyhow;
use pegel_delivery::mail::Mail;
use pegel_delivery::trial::{self, Outcome, Stage, remarks, walk};
use pegel_delivery::{Mailer, Smtp};

/// How far what is said stands from the left.
const INDENT: usize = 11;

/// Runs one of the commands on the mail server.
pub fn run(command: &cli::Mail, global: &Global) -> Ending {
    let cli::Mail::Test(command) = command;
    let home = global.open(&global.home())?;
    let mailer = post::mailer(&home)?;
    let letterhead = post::letterhead(&home.config).map_err(usage)?;
    let mail = Mail::to_test(&letterhead, &command.address, global.clock().now()).map_err(usage)?;
    match &mailer {
        Mailer::Smtp(smtp) => test(smtp, &mail, command.dry),
        Mailer::Folder(folder) => {
            answer(format_args!("mails go into the folder {}: nobody gets any", folder.display()));
            if command.dry { Ok(Done::InOrder) } else { into_folder(&mailer, &mail) }
        }
        // No URL stands for it.
        Mailer::Memory(_) => Err(broke(anyhow!("mails are kept in memory"))),
    }
}

fn test(smtp: &Smtp, mail: &Mail, dry: bool) -> Ending {
    let all_well = walk(smtp, mail, dry, &mut tell).map_err(|refusal| usage(anyhow!("{}", refusal.answer)))?;
    for remark in remarks(smtp, mail) {
        answer(format_args!("\nnote: {remark}"));
    }
    if !all_well {
        return Ok(Done::NotInOrder);
    }
    answer(if dry { "\nall went well; nothing was sent" } else { "\nall went well: the mail is on its way" });
    Ok(Done::InOrder)
}

/// Where the conversation with a mail server fails first, up to the recipient; nothing is sent.
///
/// # Errors
/// Why there is no mail that could be sent.
pub fn first_failure(smtp: &Smtp, mail: &Mail) -> Result<Option<(Stage, trial::Failure)>, String> {
    let mut failed = None;
    let mut keep = |stage: Stage, outcome: &Outcome| {
        if let Err(failure) = outcome {
            failed.get_or_insert((stage, failure.clone()));
        }
    };
    walk(smtp, mail, true, &mut keep).map_err(|refusal| refusal.answer)?;
    Ok(failed)
}

fn tell(stage: Stage, outcome: &Outcome) {
    let word = stage.word();
    match outcome {
        Ok(said) => answer(format_args!("{word:INDENT$}{said}")),
        Err(failure) => {
            answer(format_args!("{word:INDENT$}failed: {}", failure.said));
            answer(format_args!("{:INDENT$}{}", "", failure.advice));
        }
    }
}

fn into_folder(mailer: &Mailer, mail: &Mail) -> Ending {
    let refused = |answer: String| -> Failure { broke(anyhow!("{answer}")) };
    let file = mailer.session().hand_over(mail).map_err(|refusal| refused(refusal.answer))?;
    answer(format_args!("the test mail is {file}"));
    Ok(Done::InOrder)
}
