//! The caller's body on its way to the peer, and whose turn it is: when nothing comes from the caller, the peer is not
//! to blame that the request does not end.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use futures::{StreamExt, stream};
use hypo_model::ports::peers::Body;

/// Says whether the caller owes the next bytes, or has broken off.
#[derive(Clone, Debug, Default)]
pub struct Watch(Arc<AtomicBool>);

impl Watch {
    /// The next bytes are not there, or never will be.
    pub fn waits_for_caller(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    fn owes(&self, owes: bool) {
        self.0.store(owes, Ordering::Release);
    }

    /// The same bytes, watched. As long as the peer takes nothing, nothing is asked of the caller.
    pub fn over(&self, mut body: Body) -> Body {
        let watch = self.clone();
        stream::poll_fn(move |context| {
            let polled = body.poll_next_unpin(context);
            watch.owes(match &polled {
                std::task::Poll::Pending | std::task::Poll::Ready(Some(Err(_))) => true,
                std::task::Poll::Ready(_) => false,
            });
            polled
        })
        .boxed()
    }
}

/// The body when there is one: a `DELETE` without a body must not become one with an empty body.
pub async fn begun(mut body: Body) -> Option<Body> {
    let first = body.next().await?;
    Some(stream::once(async move { first }).chain(body).boxed())
}
