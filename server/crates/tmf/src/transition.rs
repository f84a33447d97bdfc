//! State changes a client asks for, told in the words of TMF630: what was, what was asked, what would be allowed.

use hypo_shared::{
    ErrorCode,
    machine::{Illegal, Machine},
};
use serde_json::Value;

use crate::{Problem, Resource};

/// What is wrong with the first state of a document.
#[must_use]
pub fn begin(machine: &Machine, member: &str, state: &str) -> Option<String> {
    match machine.begin(machine.spelled(state)).err()? {
        Illegal::Unknown(known) => Some(format!("{member} {state:?} is none of {}", known.join(", "))),
        Illegal::Start(allowed) | Illegal::Edge(allowed) | Illegal::Reserved(allowed) => {
            Some(format!("{member} {state:?} is none a new document can have: {}", allowed.join(", ")))
        }
    }
}

/// Checks every state member that differs. `privileged` clients may also ask for what otherwise the server does.
///
/// # Errors
/// 400 for a state the machine does not have, 409 that names the current state, the asked one and the legal targets.
pub fn guard(resource: &Resource, before: &Value, after: &Value, privileged: bool) -> Result<(), Problem> {
    for (member, machine) in resource.machines {
        let text = |document: &Value| document.get(*member).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (from, to) = (text(before), text(after));
        if from == to || from.is_empty() {
            if from.is_empty() && !to.is_empty() {
                machine.begin(&to).map_err(|illegal| problem(machine, member, "nothing", &to, &illegal, privileged))?;
            }
            continue;
        }
        if to.is_empty() {
            return Err(Problem::invalid(format!("{member} cannot be removed")));
        }
        let refused = |illegal| problem(machine, member, &from, &to, &illegal, privileged);
        machine.change(&from, &to, privileged).map_err(refused)?;
    }
    Ok(())
}

/// Names what the caller may ask for, and apart from it what may follow without being asked for.
fn problem(machine: &Machine, member: &str, from: &str, to: &str, illegal: &Illegal, privileged: bool) -> Problem {
    let may = |state: &&str| machine.may_ask(state, privileged);
    let conflict = |follows: &[&str], why: &str| {
        let (allowed, others): (Vec<&str>, Vec<&str>) = follows.iter().copied().partition(may);
        let allowed = if allowed.is_empty() { "none".to_owned() } else { allowed.join(", ") };
        let others = if others.is_empty() { String::new() } else { format!("; by the server: {}", others.join(", ")) };
        let reason = format!("{member} cannot go from {from} to {to}{why}; allowed: {allowed}{others}");
        Problem::new(409, ErrorCode::StateConflict, reason)
    };
    match illegal {
        Illegal::Unknown(known) => Problem::invalid(format!("{member} {to:?} is none of {}", known.join(", "))),
        Illegal::Start(allowed) => {
            let reason = format!("{member} cannot go from {from} to {to}; allowed: {}", allowed.join(", "));
            Problem::new(409, ErrorCode::StateConflict, reason)
        }
        Illegal::Edge(_) => conflict(machine.next(from).unwrap_or_default(), ""),
        Illegal::Reserved(_) => conflict(machine.next(from).unwrap_or_default(), ", which only the server does"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::registry::{SERVICE_INVENTORY, SERVICE_ORDERING};

    #[test]
    fn a_refusal_names_all_three() {
        let order = Resource::find(SERVICE_ORDERING.base, "serviceOrder").unwrap();
        let ask =
            |from: &str, to: &str, privileged| guard(order, &json!({"state": from}), &json!({"state": to}), privileged);
        let refused = ask("completed", "held", false).unwrap_err();
        assert_eq!(
            (refused.status, refused.reason.as_str()),
            (409, "state cannot go from completed to held; allowed: none")
        );
        let refused = ask("inProgress", "completed", false).unwrap_err();
        assert_eq!(
            refused.reason,
            "state cannot go from inProgress to completed, which only the server does; allowed: pending, held; by the \
             server: completed, failed, partial, cancelled, assessingCancellation"
        );
        let refused = ask("acknowledged", "held", false).unwrap_err();
        assert_eq!(
            refused.reason,
            "state cannot go from acknowledged to held; allowed: none; by the server: inProgress, rejected, cancelled, \
             assessingCancellation"
        );
        assert!(ask("inProgress", "completed", true).is_ok());
        assert_eq!(ask("held", "asleep", true).unwrap_err().status, 400);
    }

    #[test]
    fn a_state_cannot_be_taken_away() {
        let service = Resource::find(SERVICE_INVENTORY.base, "service").unwrap();
        assert_eq!(guard(service, &json!({"state": "active"}), &json!({}), true).unwrap_err().status, 400);
        assert!(guard(service, &json!({}), &json!({"state": "active"}), false).is_ok());
        assert_eq!(guard(service, &json!({}), &json!({"state": "terminated"}), false).unwrap_err().status, 409);
    }
}
