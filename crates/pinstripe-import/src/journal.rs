//! What a run has read, written down as it comes: every page as Stripe sent it, and every decision
//! that the order of reading depends on. A run that is killed is replayed from its journal and goes
//! on where it stopped.
//!
//! One file, only ever appended to. Each entry carries a checksum; what was torn off in the middle
//! of a write is cut away when the journal is opened. Nothing here knows what an entry means:
//! `drive` does. Keys are never written.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::accounts::run_folders;
use crate::error::ImportError;
use crate::windows::Split;

const FILE: &str = "journal";
/// The first bytes of a journal; another layout gets another number.
const MAGIC: &[u8; 20] = b"pinstripe journal 1\n";
/// Lengths of header and body, and the checksum of both.
const FRAME_BYTES: usize = 12;
/// Beyond this an entry is torn, not large.
const PART_BYTES_MAX: u32 = 1 << 30;
/// A fast level: pages are text, and the network is slower than the disk.
const COMPRESSION_LEVEL: i32 = -1;
/// A crash of the machine, not of the program, loses at most this much.
const SYNC_EVERY: Duration = Duration::from_secs(2);

/// One thing that happened to a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Entry {
    Split {
        window: usize,
        at: i64,
    },
    /// The object that a window's cursor named was gone.
    CursorGone {
        window: usize,
    },
    /// A page came; its body follows.
    Page {
        window: usize,
        server_time: Option<i64>,
        completed_lists: u64,
    },
}

impl From<Split> for Entry {
    fn from(split: Split) -> Entry {
        Entry::Split { window: split.window, at: split.at }
    }
}

/// A journal that is being written.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    synced: Instant,
    /// Where the last whole entry ends.
    end: u64,
}

/// The entries of a journal, in order.
pub(crate) struct Entries {
    path: PathBuf,
    reader: BufReader<File>,
    end: u64,
}

/// Whether a run left a journal in its folder, or one for an account of several.
pub fn has_journal(folder: &Path) -> bool {
    run_folders(folder).iter().any(|folder| folder.join(FILE).exists())
}

/// How much a run's journals hold, 0 where there is none.
pub fn journal_bytes(folder: &Path) -> u64 {
    let bytes = |folder: &PathBuf| folder.join(FILE).metadata().map_or(0, |metadata| metadata.len());
    run_folders(folder).iter().map(bytes).sum()
}

impl Journal {
    /// Opens a folder's journal, with the entries it holds already.
    pub fn open(folder: &Path) -> Result<Entries, ImportError> {
        let path = folder.join(FILE);
        let failed = |source| ImportError::Staging { action: "open", path: path.clone(), source };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed)?;
        let mut start = [0; MAGIC.len()];
        let known = file.read_exact(&mut start).is_ok() && start == *MAGIC;
        if !known {
            file.set_len(0).and_then(|()| file.seek(SeekFrom::Start(0))).map_err(failed)?;
            file.write_all(MAGIC).map_err(failed)?;
        }
        let end = MAGIC.len() as u64;
        Ok(Entries { path, reader: BufReader::with_capacity(1 << 20, file), end })
    }

    /// Appends an entry. It outlives the program from here on.
    pub fn append(&mut self, entry: &Entry, body: &[u8]) -> Result<(), ImportError> {
        let header = serde_json::to_vec(entry).map_err(ImportError::internal)?;
        let body = match body {
            [] => Vec::new(),
            body => zstd::bulk::compress(body, COMPRESSION_LEVEL).map_err(ImportError::internal)?,
        };
        let mut frame = Vec::with_capacity(FRAME_BYTES + header.len() + body.len());
        frame.extend_from_slice(&(header.len() as u32).to_le_bytes());
        frame.extend_from_slice(&(body.len() as u32).to_le_bytes());
        frame.extend_from_slice(&checksum(&header, &body).to_le_bytes());
        frame.extend_from_slice(&header);
        frame.extend_from_slice(&body);
        if let Err(source) = self.file.write_all(&frame) {
            // What is half written must not stand before what a later run appends.
            let _ = self.file.set_len(self.end);
            return Err(self.failed("write", source));
        }
        self.end += frame.len() as u64;
        if self.synced.elapsed() > SYNC_EVERY {
            self.file.sync_data().map_err(|source| self.failed("write", source))?;
            self.synced = Instant::now();
        }
        Ok(())
    }

    fn failed(&self, action: &'static str, source: std::io::Error) -> ImportError {
        ImportError::Staging { action, path: self.path.clone(), source }
    }
}

impl Entries {
    /// The next entry with its body, or `None` where the journal ends or is torn.
    pub fn next(&mut self) -> Option<(Entry, Vec<u8>)> {
        let mut frame = [0; FRAME_BYTES];
        self.reader.read_exact(&mut frame).ok()?;
        let [header_bytes, body_bytes, sum] =
            [0, 4, 8].map(|at| u32::from_le_bytes([frame[at], frame[at + 1], frame[at + 2], frame[at + 3]]));
        if header_bytes > PART_BYTES_MAX || body_bytes > PART_BYTES_MAX {
            return None;
        }
        let header = self.part(header_bytes)?;
        let body = self.part(body_bytes)?;
        if checksum(&header, &body) != sum {
            return None;
        }
        let entry = serde_json::from_slice(&header).ok()?;
        let page = match body.as_slice() {
            [] => Vec::new(),
            packed => zstd::stream::decode_all(packed).ok()?,
        };
        self.end += (FRAME_BYTES + header.len() + body.len()) as u64;
        Some((entry, page))
    }

    fn part(&mut self, bytes: u32) -> Option<Vec<u8>> {
        // Read as it comes: a torn length must not allocate a gigabyte.
        let mut part = Vec::new();
        (&mut self.reader).take(u64::from(bytes)).read_to_end(&mut part).ok()?;
        (part.len() == bytes as usize).then_some(part)
    }

    /// The journal, ready for what comes next; a torn end is cut away.
    pub fn into_journal(self) -> Result<Journal, ImportError> {
        let Entries { path, reader, end } = self;
        let mut file = reader.into_inner();
        let cut = file.set_len(end).and_then(|()| file.seek(SeekFrom::Start(end)));
        cut.map_err(|source| ImportError::Staging { action: "open", path: path.clone(), source })?;
        Ok(Journal { path, file, synced: Instant::now(), end })
    }
}

fn checksum(header: &[u8], body: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(header);
    hasher.update(body);
    hasher.finalize()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn page(window: usize) -> Entry {
        Entry::Page { window, server_time: Some(1), completed_lists: 0 }
    }

    fn read(folder: &Path) -> (Vec<(Entry, Vec<u8>)>, Journal) {
        let mut entries = Journal::open(folder).unwrap();
        let found = std::iter::from_fn(|| entries.next()).collect();
        (found, entries.into_journal().unwrap())
    }

    #[test]
    fn whatever_is_torn_off_the_rest_is_read_and_written_on() {
        let folder = tempfile::tempdir().unwrap();
        let (found, mut journal) = read(folder.path());
        assert!(found.is_empty());
        let bodies: Vec<Vec<u8>> = (0..4_u8).map(|number| vec![b'a' + number; 1_000]).collect();
        let mut ends = vec![journal.end];
        for (window, body) in bodies.iter().enumerate() {
            journal.append(&page(window), body).unwrap();
            ends.push(journal.end);
        }
        drop(journal);
        let whole = std::fs::read(folder.path().join(FILE)).unwrap();
        for length in 0..whole.len() {
            std::fs::write(folder.path().join(FILE), &whole[..length]).unwrap();
            let (found, mut journal) = read(folder.path());
            let expected = ends.iter().filter(|end| **end <= length as u64).count().saturating_sub(1);
            assert_eq!(found.len(), expected, "{length} of {} bytes", whole.len());
            assert!(found.iter().zip(&bodies).all(|((_, body), wanted)| body == wanted));
            journal.append(&Entry::CursorGone { window: 9 }, &[]).unwrap();
            drop(journal);
            let (found, _) = read(folder.path());
            assert_eq!(found.last(), Some(&(Entry::CursorGone { window: 9 }, Vec::new())));
        }
    }

    #[test]
    fn a_changed_byte_ends_the_journal_there() {
        let folder = tempfile::tempdir().unwrap();
        let (_, mut journal) = read(folder.path());
        for window in 0..3 {
            journal.append(&page(window), b"body").unwrap();
        }
        let end = journal.end;
        drop(journal);
        let mut bytes = std::fs::read(folder.path().join(FILE)).unwrap();
        bytes[end as usize - 1] ^= 1;
        std::fs::write(folder.path().join(FILE), &bytes).unwrap();
        assert_eq!(read(folder.path()).0.len(), 2);
    }
}
