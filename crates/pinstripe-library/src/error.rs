//! What can go wrong in the library, with what the user can do about it.

use std::fmt;
use std::path::{Path, PathBuf};

use pinstripe_client::ErrorKind;
use pinstripe_import::ImportError;

const TOO_MUCH_MEMORY: &str =
    "it needs more memory than queries may use: keep fewer rows, name fewer columns, or group first";

#[derive(Debug)]
pub enum LibraryError {
    /// The library folder cannot be used.
    Folder {
        path: PathBuf,
        problem: String,
        source: Option<std::io::Error>,
    },
    /// Reading or writing a file failed.
    File {
        action: &'static str,
        path: PathBuf,
        source: std::io::Error,
    },
    Ledger {
        action: &'static str,
        source: rusqlite::Error,
    },
    /// A frame's Delta table cannot be read or written.
    Delta {
        action: &'static str,
        frame: String,
        source: Box<deltalake::DeltaTableError>,
    },
    FrameName {
        name: String,
        problem: String,
    },
    NoSuchFrame {
        name: String,
        nearest: Vec<String>,
        data_type: Option<String>,
    },
    FrameExists {
        name: String,
    },
    NoSuchRun {
        id: String,
    },
    /// Nothing in the trash answers to this.
    NotInTrash {
        undo: String,
    },
    /// The frame was removed while it was being imported.
    FrameGone {
        name: String,
    },
    Sql {
        source: Box<datafusion::error::DataFusionError>,
        hint: Option<String>,
    },
    /// A file cannot hold the frame, or its ending says nothing.
    Export {
        problem: String,
        hint: Option<String>,
    },
    NoSuchColumn {
        frame: String,
        column: String,
        nearest: Vec<String>,
    },
    /// SQL that would change something.
    ReadOnly {
        statement: String,
    },
    /// A place in a query's text, from 1, and what is wrong there.
    At {
        line: u64,
        column: u64,
        error: Box<LibraryError>,
    },
    /// What is wrong below a view.
    InView {
        view: String,
        error: Box<LibraryError>,
    },
    /// Views that read each other, and so themselves.
    ViewCircle {
        names: Vec<String>,
    },
    /// A chart, a condition or a period that cannot be.
    Question {
        problem: String,
        hint: Option<String>,
    },
    NoSuchVersion {
        frame: String,
        version: i64,
    },
    NoSuchRow {
        frame: String,
        position: u64,
    },
    /// A condition does not fit its column.
    Filter {
        column: String,
        problem: String,
    },
    /// A page of rows that cannot be given.
    Page {
        problem: String,
    },
    /// Files of an earlier version are not there any more.
    VersionGone {
        frame: String,
        version: i64,
        source: Option<std::io::Error>,
    },
    Import(Box<ImportError>),
    /// A defect of ours.
    Internal(String),
}

impl LibraryError {
    /// Whether the pages that had come by then can be gone on with. Not where they are what is
    /// wrong, and not after a defect of ours.
    pub fn keeps_pages(&self) -> bool {
        match self {
            LibraryError::Import(error) => !matches!(
                **error,
                ImportError::Inconsistent { .. } | ImportError::Internal(_) | ImportError::Plan(_)
            ),
            LibraryError::Internal(_) | LibraryError::FrameGone { .. } => false,
            _ => true,
        }
    }

    pub(crate) fn folder(path: &Path, problem: impl Into<String>, source: Option<std::io::Error>) -> Self {
        LibraryError::Folder { path: path.to_owned(), problem: problem.into(), source }
    }

    pub(crate) fn ledger(action: &'static str) -> impl FnOnce(rusqlite::Error) -> Self {
        move |source| LibraryError::Ledger { action, source }
    }

    pub(crate) fn file(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| LibraryError::File { action, path, source }
    }

    pub(crate) fn delta(
        action: &'static str,
        frame: &str,
    ) -> impl Fn(deltalake::DeltaTableError) -> Self + use<> {
        let frame = frame.to_owned();
        move |source| LibraryError::Delta { action, frame: frame.clone(), source: Box::new(source) }
    }

    /// What DataFusion reports: a query that cannot be run, or an error of ours from within one.
    pub fn sql(source: datafusion::error::DataFusionError) -> Self {
        use datafusion::error::DataFusionError::{Context, Diagnostic, External, ResourcesExhausted};
        match source {
            External(inner) => match inner.downcast::<LibraryError>() {
                Ok(ours) => *ours,
                Err(other) => LibraryError::Sql { source: Box::new(External(other)), hint: None },
            },
            Context(_, inner) | Diagnostic(_, inner) => LibraryError::sql(*inner),
            source @ ResourcesExhausted(_) => {
                LibraryError::Sql { source: Box::new(source), hint: Some(TOO_MUCH_MEMORY.to_owned()) }
            }
            source => LibraryError::Sql { source: Box::new(source), hint: None },
        }
    }

    /// The same error, at a place of a query's text.
    pub(crate) fn at(self, line: u64, column: u64) -> LibraryError {
        LibraryError::At { line, column, error: Box::new(self) }
    }

    /// The same error, below a view. A place in the view's text is no place in the query's.
    pub(crate) fn in_view(self, view: &str) -> LibraryError {
        let error = match self {
            LibraryError::At { error, .. } => error,
            // The whole circle is named already.
            circle @ LibraryError::ViewCircle { .. } => return circle,
            other => Box::new(other),
        };
        LibraryError::InView { view: view.to_owned(), error }
    }

    /// Line and column of a query's text, both from 1.
    pub fn place(&self) -> Option<(u64, u64)> {
        match self {
            LibraryError::At { line, column, .. } => Some((*line, *column)),
            _ => None,
        }
    }

    pub(crate) fn question(problem: impl Into<String>, hint: Option<&str>) -> LibraryError {
        LibraryError::Question { problem: problem.into(), hint: hint.map(str::to_owned) }
    }

    pub(crate) fn arrow(source: arrow::error::ArrowError) -> Self {
        LibraryError::Internal(source.to_string())
    }

    pub fn kind(&self) -> ErrorKind {
        match self {
            LibraryError::Folder { .. } | LibraryError::File { .. } | LibraryError::Ledger { .. } => {
                ErrorKind::LibraryUnusable
            }
            LibraryError::Delta { .. } => ErrorKind::LibraryUnusable,
            LibraryError::FrameName { .. } | LibraryError::Export { .. } => ErrorKind::Input,
            LibraryError::FrameExists { .. } => ErrorKind::Exists,
            LibraryError::NoSuchFrame { .. }
            | LibraryError::NoSuchRun { .. }
            | LibraryError::NotInTrash { .. }
            | LibraryError::FrameGone { .. }
            | LibraryError::NoSuchVersion { .. }
            | LibraryError::NoSuchRow { .. } => ErrorKind::NotFound,
            LibraryError::NoSuchColumn { .. } | LibraryError::Filter { .. } | LibraryError::Page { .. } => {
                ErrorKind::Input
            }
            LibraryError::Sql { .. } | LibraryError::ReadOnly { .. } | LibraryError::ViewCircle { .. } => {
                ErrorKind::Sql
            }
            LibraryError::Question { .. } => ErrorKind::Input,
            LibraryError::VersionGone { .. } => ErrorKind::NotFound,
            LibraryError::At { error, .. } | LibraryError::InView { error, .. } => error.kind(),
            LibraryError::Import(error) => error.kind(),
            LibraryError::Internal(_) => ErrorKind::Internal,
        }
    }

    pub fn hint(&self) -> Option<String> {
        let did_you_mean = |nearest: &[String]| {
            let quoted: Vec<String> = nearest.iter().map(|name| format!("`{name}`")).collect();
            format!("did you mean {}?", quoted.join(" or "))
        };
        Some(match self {
            LibraryError::Folder { .. } => {
                "name another folder with --library or PINSTRIPE_LIBRARY".to_owned()
            }
            LibraryError::File { source, .. } if source.kind() == std::io::ErrorKind::StorageFull => {
                "make room on the disk, then run the same command again; the frames are as they were"
                    .to_owned()
            }
            LibraryError::Ledger { .. } => {
                "check the rights and the room of the library folder, or name another one with --library"
                    .to_owned()
            }
            LibraryError::Delta { .. } => {
                "run the same command again; `pinstripe history` tells of earlier versions".to_owned()
            }
            LibraryError::FrameName { .. } => {
                "use letters, digits, `_`, `-` and spaces, such as --as jpy_charges".to_owned()
            }
            LibraryError::FrameExists { name } => {
                format!("choose another name, or `pinstripe remove {name}` first")
            }
            LibraryError::FrameGone { .. } => "run the same command again to make it anew".to_owned(),
            LibraryError::NoSuchFrame { nearest, .. } if !nearest.is_empty() => did_you_mean(nearest),
            LibraryError::NoSuchFrame { data_type: Some(name), .. } => format!("pinstripe import {name}"),
            LibraryError::NoSuchFrame { .. } => "pinstripe frames".to_owned(),
            LibraryError::NoSuchColumn { nearest, .. } if !nearest.is_empty() => did_you_mean(nearest),
            LibraryError::NoSuchColumn { frame, .. } => {
                format!("pinstripe summary {frame} --json lists them all")
            }
            LibraryError::ReadOnly { .. } => {
                "begin with `select` or `with`; frames are changed by imports and by saving a query"
                    .to_owned()
            }
            LibraryError::ViewCircle { .. } => "let one of them read a data frame instead".to_owned(),
            LibraryError::NoSuchVersion { frame, .. } | LibraryError::VersionGone { frame, .. } => {
                format!("pinstripe history {frame}")
            }
            LibraryError::Sql { hint, .. }
            | LibraryError::Export { hint, .. }
            | LibraryError::Question { hint, .. } => return hint.clone(),
            LibraryError::At { error, .. } | LibraryError::InView { error, .. } => return error.hint(),
            LibraryError::Import(error) => return error.hint(),
            _ => return None,
        })
    }
}

impl fmt::Display for LibraryError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LibraryError::Folder { path, problem, .. } => {
                write!(formatter, "the library folder {} cannot be used: {problem}", path.display())
            }
            LibraryError::File { action, path, .. } => {
                write!(formatter, "cannot {action} {}", path.display())
            }
            LibraryError::Ledger { action, .. } => {
                write!(formatter, "cannot {action} in the library's database")
            }
            LibraryError::Delta { action, frame, .. } => {
                write!(formatter, "cannot {action} the data frame `{frame}`")
            }
            LibraryError::FrameName { name, problem } => {
                write!(formatter, "`{name}` cannot be a data frame's name: {problem}")
            }
            LibraryError::NoSuchFrame { name, .. } => write!(formatter, "no data frame is called `{name}`"),
            LibraryError::NoSuchRun { id } => write!(formatter, "there is no run `{id}`"),
            LibraryError::NotInTrash { undo } => {
                write!(formatter, "the trash holds no data frame `{undo}` that could be restored")
            }
            LibraryError::FrameExists { name } => {
                write!(formatter, "a data frame called `{name}` exists already")
            }
            LibraryError::FrameGone { name } => {
                write!(formatter, "the data frame `{name}` was removed while it was being imported")
            }
            LibraryError::Sql { .. } => formatter.write_str("the query cannot be run"),
            LibraryError::Export { problem, .. } => formatter.write_str(problem),
            LibraryError::NoSuchColumn { frame, column, .. } => {
                write!(formatter, "`{frame}` has no column `{column}`")
            }
            LibraryError::NoSuchVersion { frame, version } => {
                write!(formatter, "`{frame}` has no version {version}")
            }
            LibraryError::NoSuchRow { frame, position } => {
                write!(formatter, "`{frame}` has no row {position}")
            }
            LibraryError::Filter { column, problem } => {
                write!(formatter, "`{column}` cannot be filtered so: {problem}")
            }
            LibraryError::Page { problem } => formatter.write_str(problem),
            LibraryError::ReadOnly { statement } => {
                write!(formatter, "SQL here only reads, expected a query, found `{statement}`")
            }
            LibraryError::At { error, .. } => error.fmt(formatter),
            LibraryError::InView { view, .. } => write!(formatter, "the view `{view}` cannot be read"),
            LibraryError::ViewCircle { names } => {
                write!(formatter, "views cannot read themselves: {}", names.join(" reads "))
            }
            LibraryError::Question { problem, .. } => formatter.write_str(problem),
            LibraryError::VersionGone { frame, version, .. } => {
                write!(formatter, "files of version {version} of `{frame}` are not there any more")
            }
            LibraryError::Import(error) => error.fmt(formatter),
            LibraryError::Internal(problem) => write!(formatter, "this should not happen: {problem}"),
        }
    }
}

impl std::error::Error for LibraryError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            LibraryError::Folder { source, .. } => source.as_ref().map(|error| error as _),
            LibraryError::File { source, .. } => Some(source),
            LibraryError::Ledger { source, .. } => Some(source),
            LibraryError::Delta { source, .. } => Some(source.as_ref()),
            LibraryError::Sql { source, .. } => Some(source.as_ref()),
            LibraryError::Import(error) => error.source(),
            LibraryError::At { error, .. } => error.source(),
            LibraryError::InView { error, .. } => Some(error.as_ref()),
            LibraryError::VersionGone { source, .. } => source.as_ref().map(|error| error as _),
            _ => None,
        }
    }
}
