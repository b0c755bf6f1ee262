//! An import's progress on a terminal: rows, rows a second, share of the whole, requests, time
//! left. Draws nothing where nobody watches.

use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use pinstripe_client::Client;
use pinstripe_import::{Progress, ProgressSnapshot};

use crate::report::grouped;

/// A line that follows a run until it is dropped.
pub struct ProgressLine {
    bar: Option<ProgressBar>,
    task: Option<tokio::task::JoinHandle<()>>,
}

impl ProgressLine {
    pub fn follow(name: &str, progress: Arc<Progress>, client: Client, shown: bool) -> ProgressLine {
        if !shown {
            return ProgressLine { bar: None, task: None };
        }
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix}  {msg}") {
            bar.set_style(style);
        }
        bar.set_prefix(name.to_owned());
        let task = tokio::spawn({
            let bar = bar.clone();
            async move {
                let mut tick = tokio::time::interval(Duration::from_millis(100));
                loop {
                    tick.tick().await;
                    bar.set_message(sentence(&progress.snapshot(&client)));
                    bar.tick();
                }
            }
        });
        ProgressLine { bar: Some(bar), task: Some(task) }
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

fn sentence(snapshot: &ProgressSnapshot) -> String {
    let mut parts = vec![
        format!("{} rows", grouped(snapshot.rows)),
        format!("{} rows/s", grouped(snapshot.rows_per_second() as u64)),
    ];
    if let Some(accounts) = snapshot.accounts {
        parts.push(format!("{} of {} accounts", grouped(snapshot.accounts_done), grouped(accounts)));
    }
    if let Some(share) = snapshot.share {
        parts.push(format!("about {:.0} %", share * 100.0));
    }
    parts.push(format!("{} requests", grouped(snapshot.requests)));
    if snapshot.refused > 0 {
        parts.push(format!("{} refused", grouped(snapshot.refused)));
    }
    if let Some(left) = snapshot.time_left() {
        parts.push(format!("about {} s left", left.as_secs()));
    }
    parts.join(" · ")
}
