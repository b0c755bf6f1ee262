//! `pinstripe plan`: what an import would ask of Stripe, and what it would filter here. Sends nothing.

use crate::arguments::PlanArguments;
use crate::failure::Failure;
use crate::report;
use crate::settings::{Settings, request_plan};

pub fn run(arguments: &PlanArguments, settings: &Settings) -> Result<(), Failure> {
    let plan = request_plan(&arguments.data_type, &arguments.rows)?;
    if settings.json {
        return report::json(&serde_json::json!({
            "sentence": plan.sentence(),
            "estimate": plan.estimate(),
            "plan": plan,
        }));
    }
    report::data(&format!("{}: {}", plan.data_type, plan.sentence()));
    report::data(&format!("requests: {}", plan.estimate()));
    Ok(())
}
