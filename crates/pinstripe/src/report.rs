//! All printing: stdout is data, stderr is talk. A reader that goes away (`| head`) ends the
//! program quietly.

use std::io::{self, Write};

use crate::failure::Failure;

/// Writes a line of data.
pub fn data(line: &str) {
    out(|stdout| writeln!(stdout, "{line}"));
}

/// Writes one JSON document of data.
pub fn json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string(value).map_err(|error| Failure::internal(error.to_string()))?;
    data(&text);
    Ok(())
}

/// Writes lines of talk. What a server or a user wrote may be in them.
pub fn talk(lines: &str) {
    let shown: String =
        lines.chars().map(|letter| if letter == '\n' { letter } else { harmless(letter) }).collect();
    // Nobody can be told that stderr is gone.
    let _ = writeln!(io::stderr(), "{shown}");
}

/// Control characters would move the cursor, recolour the terminal or turn the text around: what
/// came from elsewhere must not.
pub fn harmless(letter: char) -> char {
    let turns = matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if letter.is_control() || turns { '·' } else { letter }
}

/// Writes to stdout; a closed pipe is the reader's choice and no error.
pub fn out(write: impl FnOnce(&mut io::StdoutLock<'static>) -> io::Result<()>) {
    let mut stdout = io::stdout().lock();
    if let Err(error) = write(&mut stdout).and_then(|()| stdout.flush()) {
        if error.kind() == io::ErrorKind::BrokenPipe {
            std::process::exit(0);
        }
        talk(&format!("error: cannot write to stdout\ncaused by: {error}"));
        std::process::exit(1);
    }
}

/// Says what went wrong, for people or for programs.
pub fn failure(failure: &Failure, as_json: bool) {
    if as_json {
        let document = serde_json::json!({"error": {
            "kind": failure.kind.row().name,
            "message": failure.message,
            "causes": failure.causes,
            "state": failure.state,
            "hint": failure.hint,
            "exit_code": failure.exit_code(),
        }});
        // JSON has its own way to write control characters, and programs want them as they are.
        let _ = writeln!(io::stderr(), "{document}");
        return;
    }
    let mut text = format!("error: {}", failure.message);
    for cause in &failure.causes {
        text.push_str(&format!("\ncaused by: {cause}"));
    }
    if failure.state.is_some() || failure.hint.is_some() {
        text.push('\n');
    }
    if let Some(state) = &failure.state {
        text.push_str(&format!("\nnote: {state}"));
    }
    if let Some(hint) = &failure.hint {
        text.push_str(&format!("\nhint: {hint}"));
    }
    talk(&text);
}

/// Whole numbers in groups, as people read them: 1,234,567.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Bytes in the unit that fits.
pub fn bytes(count: u64) -> String {
    match count {
        0..1_000 => format!("{count} B"),
        1_000..1_000_000 => format!("{:.1} kB", count as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", count as f64 / 1e6),
        _ => format!("{:.2} GB", count as f64 / 1e9),
    }
}
