//! Which names a data frame may have: names that are safe as a folder, in SQL and on a command
//! line, in any language.

use std::fmt;

use crate::LibraryError;

/// Longest name, in characters: three bytes each still fit every file system.
const LENGTH_MAX: usize = 80;

/// A checked name of a data frame. Names differ by more than their case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameName(String);

impl FrameName {
    pub fn parse(text: &str) -> Result<FrameName, LibraryError> {
        let name = text.trim();
        let refuse = |problem: &str| {
            let shown: String =
                name.chars().take(40).map(|letter| if letter.is_control() { '?' } else { letter }).collect();
            Err(LibraryError::FrameName { name: shown, problem: problem.to_owned() })
        };
        if name.is_empty() {
            return refuse("expected at least one letter");
        }
        if name.chars().count() > LENGTH_MAX {
            return refuse("expected at most 80 characters");
        }
        let allowed = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | ' ');
        if let Some(letter) = name.chars().find(|letter| !allowed(*letter)) {
            return refuse(&format!("found {letter:?}, expected letters, digits, `_`, `-` and spaces"));
        }
        if !name.chars().any(char::is_alphanumeric) || name.starts_with('-') {
            return refuse("expected it to begin with a letter, a digit or `_`");
        }
        Ok(FrameName(name.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the frame's folder: spaces and case would be a nuisance in paths.
    pub fn folder(&self) -> String {
        let folder: String =
            self.0.to_lowercase().chars().map(|letter| if letter == ' ' { '_' } else { letter }).collect();
        // Names that Windows keeps for devices cannot be folders there.
        let device = matches!(folder.as_str(), "con" | "prn" | "aux" | "nul")
            || (folder.len() == 4 && (folder.starts_with("com") || folder.starts_with("lpt")));
        if device { format!("{folder}_") } else { folder }
    }
}

impl fmt::Display for FrameName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::FrameName;

    #[test]
    fn names_in_any_language_are_fine_and_hostile_ones_are_not() {
        for good in ["charges", "JPY charges 2026", "請求", "übersicht", "_x", "a-b", &"x".repeat(80)] {
            assert!(FrameName::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "  ",
            "../x",
            "a;b",
            "a/b",
            "a\\b",
            "a.b",
            "a\"b",
            "a'b",
            "-rf",
            "--",
            "\u{202e}abc",
            "a\nb",
            "\0",
            &"x".repeat(81),
        ] {
            assert!(FrameName::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(FrameName::parse("My Charges").unwrap().folder(), "my_charges");
        assert_eq!(FrameName::parse("NUL").unwrap().folder(), "nul_");
    }
}
