//! What becomes of the pages that were read: first the journal, then Parquet. Synchronous; a run
//! gives it a thread of its own, and it takes steps in the order in which they happened.

use arrow::datatypes::SchemaRef;
use pinstripe_arrow::DecodedBatch;

use crate::error::ImportError;
use crate::journal::{Entry, Journal};
use crate::stage::{StagedFile, Stager};

/// One step of a run, on its way to the disk.
pub(crate) enum Step {
    /// Rows that the journal holds already.
    Replayed(DecodedBatch),
    /// The journal has been read; from here on what happens is added to it.
    Begin(Journal),
    /// Something happened; a page brings its body and its rows.
    Happened { entry: Entry, body: Vec<u8>, rows: Option<DecodedBatch> },
    /// Every row has come.
    End,
}

/// The files of a run that came to its end, with their columns.
pub(crate) type Staged = (Vec<StagedFile>, SchemaRef);

pub(crate) struct Recorder {
    journal: Option<Journal>,
    stager: Stager,
    ended: bool,
}

impl Recorder {
    pub fn new(stager: Stager) -> Self {
        Recorder { journal: None, stager, ended: false }
    }

    pub fn take(&mut self, step: Step) -> Result<(), ImportError> {
        match step {
            Step::Replayed(rows) => self.stager.push(rows),
            Step::Begin(journal) => {
                self.journal = Some(journal);
                Ok(())
            }
            Step::Happened { entry, body, rows } => {
                let journal = self.journal.as_mut().ok_or_else(|| {
                    ImportError::Internal("something happened before the journal was read".to_owned())
                })?;
                journal.append(&entry, &body)?;
                rows.map_or(Ok(()), |rows| self.stager.push(rows))
            }
            Step::End => {
                self.ended = true;
                Ok(())
            }
        }
    }

    /// The staged files, or `None` where the run ended early: the journal holds what came.
    pub fn finish(self) -> Result<Option<Staged>, ImportError> {
        if self.ended { self.stager.finish().map(Some) } else { Ok(None) }
    }
}
