//! Imports that this workbench runs. Each is a task of its own: the page that began it may be closed
//! or loaded anew. How far they are is read from the library, as for the runs of other programs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pinstripe_client::ErrorKind;
use pinstripe_import::{CancellationToken, Progress};
use pinstripe_library::import::{NewImport, begin_import};
use pinstripe_library::{Failure, Field, FrameName, LibraryError};
use pinstripe_query::RequestPlan;
use tokio::task::JoinHandle;

use crate::connections::Connection;
use crate::workbench::Workbench;

/// Longer than that nobody waits at the end of the program; what had come is kept all the same.
const STOP_WAIT: Duration = Duration::from_secs(3);

#[derive(Default)]
pub(crate) struct Imports {
    running: Mutex<HashMap<String, Task>>,
}

struct Task {
    cancel: CancellationToken,
    handle: Option<JoinHandle<()>>,
}

/// An import that has begun.
pub(crate) struct Started {
    pub run_id: String,
    pub frame: String,
}

impl Imports {
    fn running(&self) -> MutexGuard<'_, HashMap<String, Task>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Workbench {
    /// Begins an import and returns at once; it goes on by itself.
    pub(crate) async fn start_import(
        self: &Arc<Self>,
        connection: Connection,
        plan: RequestPlan,
        name: FrameName,
        restart: bool,
    ) -> Result<Started, Failure> {
        // Each import counts its own requests.
        let client = connection.client.with_own_traffic();
        let import = NewImport {
            plan,
            name,
            restart,
            connection: Some(connection.info.name),
            from_command_line: false,
        };
        let (workbench, begun_client) = (Arc::clone(self), client.clone());
        let begun = blocking(move || {
            workbench.refuse_second(&import.name)?;
            Ok(begin_import(&workbench.library, &begun_client, &import)?)
        });
        let begun = begun.await?;
        let started = Started { run_id: begun.run_id().to_owned(), frame: begun.frame().to_owned() };
        let cancel = CancellationToken::new();
        let task = Task { cancel: cancel.clone(), handle: None };
        self.imports.running().insert(started.run_id.clone(), task);
        let (workbench, run_id) = (Arc::clone(self), started.run_id.clone());
        let handle = tokio::spawn(async move {
            let progress = Progress::default();
            // Its end, good or bad, is noted in the library, where the page reads it.
            if let Err(error) = begun.run(&workbench.library, &client, &progress, &cancel).await {
                tracing::info!(%error, "an import of the workbench ended early");
            }
            workbench.imports.running().remove(&run_id);
        });
        if let Some(task) = self.imports.running().get_mut(&started.run_id) {
            task.handle = Some(handle);
        }
        Ok(started)
    }

    /// Two runs into one frame at a time would end with the rows of either.
    fn refuse_second(&self, name: &FrameName) -> Result<(), Failure> {
        let under_way = self.library.under_way()?;
        match under_way.iter().find(|other| other.run.frame.eq_ignore_ascii_case(name.as_str())) {
            None => Ok(()),
            Some(other) => {
                let message = format!("`{}` is being imported already", other.run.frame);
                Err(Failure::new(ErrorKind::Exists, message)
                    .about(Field::Name)
                    .with_hint("wait for that import, cancel it, or choose another name"))
            }
        }
    }

    /// Stops a run, of this program or of another.
    pub(crate) fn stop_import(&self, run_id: &str) -> Result<(), LibraryError> {
        if let Some(task) = self.imports.running().get(run_id) {
            task.cancel.cancel();
            return Ok(());
        }
        self.library.ask_to_stop(run_id)
    }

    /// Stops all imports of this workbench in order, for the end of the program: what had come is
    /// kept for the next run.
    pub async fn stop_imports(&self) {
        let tasks: Vec<Task> = self.imports.running().drain().map(|(_, task)| task).collect();
        tasks.iter().for_each(|task| task.cancel.cancel());
        let handles = tasks.into_iter().filter_map(|task| task.handle);
        let _ = tokio::time::timeout(STOP_WAIT, futures::future::join_all(handles)).await;
    }
}

/// Work on files and the library's database, away from the threads that answer.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Failure::internal(error.to_string()))?
}
