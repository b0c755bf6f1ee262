//! Nested list objects, as the walk passes them: is all of it here?
//!
//! Only notes what is missing and where it would go; never fetches and never guesses. Read next:
//! `splice.rs`, which puts the missing entries in.

use crate::error::{DecodeError, Parsed};
use crate::nodes::{ListObject, Node, NodeId};
use crate::splice::IncompleteList;
use crate::walk::Walk;

/// What the walk saw of a nested list object.
#[derive(Default)]
pub(crate) struct ListMarks {
    data_end: Option<usize>,
    has_more: Option<usize>,
}

impl Walk<'_> {
    pub(crate) fn mark_list(&self, list: ListObject, child: NodeId, start: usize, marks: &mut ListMarks) {
        if child == list.data {
            marks.data_end = self.body[..self.at].ends_with(b"]").then(|| self.at - 1);
        } else if child == list.has_more {
            marks.has_more = self.body[start..].starts_with(b"true").then_some(start);
        }
    }

    /// Notes a nested list that Stripe cut off.
    pub(crate) fn check_list(
        &mut self,
        node: &Node,
        list: ListObject,
        slot: usize,
        marks: &ListMarks,
    ) -> Parsed<()> {
        let Some(has_more) = marks.has_more else { return Ok(()) };
        let data = &self.columns[list.data as usize];
        let url = self.columns[list.url as usize].text_at(slot);
        let (Some(url), Some(data_end)) = (url, marks.data_end) else {
            let fault =
                DecodeError::unexpected("`data` and `url` beside has_more", "neither or one", has_more);
            return Err(fault.in_field(&node.path));
        };
        let end = data.elements_end();
        let entry = self.nodes[list.data as usize].first_child;
        let has_entries = data.elements_at(slot) > 0;
        let last_id = self
            .child(entry, b"id")
            .filter(|_| has_entries)
            .and_then(|id| self.columns[id as usize].text_at(end - 1).map(str::to_owned));
        self.incomplete.push(IncompleteList {
            path: node.path.clone(),
            url: url.to_owned(),
            last_id,
            row_id: None,
            data_end,
            has_entries,
            has_more,
        });
        Ok(())
    }
}
