//! Work that is cut into parts, done on every core. For the threads that may block, never for an
//! async task's own.

use std::num::NonZero;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::error::LibraryError;

/// Does the parts `0..count` on all cores, the first ones first, and returns what they gave in
/// their order. After an error no part is begun any more.
pub(crate) fn on_all_cores<T: Send>(
    count: usize,
    work: impl Fn(usize) -> Result<T, LibraryError> + Sync,
) -> Result<Vec<T>, LibraryError> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    if cores.min(count) <= 1 {
        return (0..count).map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let done: Mutex<Vec<(usize, Result<T, LibraryError>)>> = Mutex::new(Vec::with_capacity(count));
    std::thread::scope(|scope| {
        for _ in 0..cores.min(count) {
            scope.spawn(|| {
                while !failed.load(Ordering::Relaxed) {
                    let part = next.fetch_add(1, Ordering::Relaxed);
                    if part >= count {
                        break;
                    }
                    let outcome = work(part);
                    failed.fetch_or(outcome.is_err(), Ordering::Relaxed);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((part, outcome));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(part, _)| *part);
    done.into_iter().map(|(_, outcome)| outcome).collect()
}

/// Runs blocking work beside the async tasks.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LibraryError> + Send + 'static,
) -> Result<T, LibraryError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| LibraryError::Internal(error.to_string()))?
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_back_in_their_order_and_an_error_ends_it() {
        assert_eq!(on_all_cores(100, |part| Ok(part * 2)).unwrap()[99], 198);
        let failed = on_all_cores(100, |part| match part {
            7 => Err(LibraryError::Internal("seven".to_owned())),
            other => Ok(other),
        });
        assert!(failed.is_err());
        assert!(on_all_cores(0, Ok).unwrap().is_empty());
    }
}
