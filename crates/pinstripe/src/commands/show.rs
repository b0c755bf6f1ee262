//! `pinstripe show`: the newest rows of a frame.

use pinstripe_import::MissingAccount;
use pinstripe_library::FrameRecord;

use crate::arguments::ShowArguments;
use crate::commands::frames::instant;
use crate::failure::Failure;
use crate::report::{self, grouped};
use crate::settings::Settings;
use crate::table::{self, Amounts};

pub async fn run(arguments: &ShowArguments, settings: &Settings) -> Result<(), Failure> {
    let library = settings.open_library()?;
    let frame = library.frame(&arguments.name)?;
    if settings.json {
        let rows = library.newest_json(&frame, arguments.rows).await?;
        report::data(&format!("[{}]", rows.join(",")));
        return Ok(());
    }
    let flat = library.newest_flat(&frame, arguments.rows, &arguments.columns).await?;
    let whole = !arguments.columns.is_empty();
    let order = if whole { (0..flat.num_columns()).collect() } else { table::column_order(&flat) };
    let drawn = table::draw(&flat, &order, Amounts::MajorUnits, whole)?;
    report::data(&drawn.text);
    say_what_is_not_shown(&frame, flat.num_rows(), &drawn);
    Ok(())
}

fn say_what_is_not_shown(frame: &FrameRecord, rows: usize, drawn: &table::Drawn) {
    let mut talk = format!(
        "{} of {} rows, imported {}: {}",
        grouped(rows as u64),
        grouped(frame.rows),
        instant(frame.imported_at),
        frame.plan.sentence()
    );
    if drawn.columns_left_out > 0 {
        talk.push_str(&format!(
            "\n{} more columns: pinstripe show {} --columns id,amount,... or pinstripe summary {}",
            drawn.columns_left_out, frame.name, frame.name
        ));
    }
    if drawn.converted {
        talk.push_str("\namounts are shown in major units; SQL and files hold Stripe's smallest unit");
    }
    if let Some(missing) =
        MissingAccount::sentence(&frame.missing_accounts, frame.accounts.unwrap_or_default())
    {
        talk.push_str(&format!("\nnote: {missing}"));
    }
    report::talk(&talk);
}
