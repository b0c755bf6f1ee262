//! What becomes of the pages that were read: first the journal, then Parquet. Synchronous; a run
//! gives it a thread of its own, and it takes steps in the order in which they happened.

use arrow::datatypes::SchemaRef;
use pinstripe_arrow::DecodedBatch;

use crate::error::ImportError;
use crate::journal::{Entry, Journal};
use crate::run::Notes;
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

/// The files of a run that came to its end, with their columns, and what is to be known of their rows.
pub(crate) type Staged = (Vec<StagedFile>, SchemaRef, Notes);

pub(crate) struct Recorder {
    journal: Option<Journal>,
    stager: Stager,
    notes: Notes,
    ended: bool,
}

impl Recorder {
    pub fn new(stager: Stager) -> Self {
        Recorder { journal: None, stager, notes: Notes::default(), ended: false }
    }

    pub fn take(&mut self, step: Step) -> Result<(), ImportError> {
        match step {
            Step::Replayed(rows) => self.push(rows),
            Step::Begin(journal) => {
                self.journal = Some(journal);
                Ok(())
            }
            Step::Happened { entry, body, rows } => {
                let journal = self.journal.as_mut().ok_or_else(|| {
                    ImportError::Internal("something happened before the journal was read".to_owned())
                })?;
                journal.append(&entry, &body)?;
                rows.map_or(Ok(()), |rows| self.push(rows))
            }
            Step::End => {
                self.ended = true;
                Ok(())
            }
        }
    }

    fn push(&mut self, rows: DecodedBatch) -> Result<(), ImportError> {
        self.notes.add_rows(&rows);
        self.stager.push(rows)
    }

    /// The staged files, or `None` where the run ended early: the journal holds what came.
    pub fn finish(self) -> Result<Option<Staged>, ImportError> {
        if !self.ended {
            return Ok(None);
        }
        let (files, schema) = self.stager.finish()?;
        Ok(Some((files, schema, self.notes)))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use pinstripe_arrow::PageDecoder;
    use pinstripe_query::{PlanRequest, plan};

    use super::*;
    use crate::run::rows_of;

    #[test]
    fn only_rows_that_are_kept_are_counted_in_the_notes() {
        let request = PlanRequest { data_type: "charges", ..PlanRequest::default() };
        let plan = plan(pinstripe_catalog::catalog(), &request, jiff::Timestamp::UNIX_EPOCH).unwrap();
        let (_, rows_of) = rows_of(&plan, None).unwrap();
        let mut decoder = PageDecoder::new(rows_of.row_schema.clone());
        let row = |id: &str| format!(r#"{{"id":"{id}","object":"charge","brand_new":1,"description":[2]}}"#);
        let rows = ["ch_3", "ch_2", "ch_1"].map(row).join(",");
        let body = format!(r#"{{"object":"list","data":[{rows}],"has_more":false,"url":"/v1/charges"}}"#);
        decoder.page(body.as_bytes()).unwrap();
        let mut decoded = decoder.finish().unwrap();
        // The first had come before.
        decoded.batch = decoded.batch.slice(1, 2);
        let folder = tempfile::tempdir().unwrap();
        let mut recorder = Recorder::new(Stager::new(folder.path().to_owned(), rows_of));
        recorder.take(Step::Replayed(decoded)).unwrap();
        recorder.take(Step::End).unwrap();
        let (files, _, notes) = recorder.finish().unwrap().unwrap();
        assert_eq!(files[0].rows, 2);
        assert_eq!(Vec::from_iter(notes.unknown_fields), [("brand_new".to_owned(), 2)]);
        assert_eq!(Vec::from_iter(notes.mismatches), [("description".to_owned(), 2)]);
    }
}
