//! Two sockets: a flood of logs must not hold up timelines, health and charts (the server polls the subscriptions of
//! one socket in a fixed order).

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use leptos::prelude::*;
use serde_json::Value;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{CloseEvent, MessageEvent, WebSocket};

use super::{
    client,
    error::ApiError,
    json::Json,
    operation::Operation,
    transport::{Effect, Input, Link, Socket},
};

/// Which of the two sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    Live,
    Logs,
}

type Deliver = Rc<dyn Fn(Result<Value, ApiError>)>;

#[derive(Default)]
struct Hub {
    socket: Socket,
    web: Option<WebSocket>,
    sinks: BTreeMap<u32, Deliver>,
    link: Option<RwSignal<Link>>,
    ticking: bool,
}

thread_local! {
    static HUBS: [Rc<RefCell<Hub>>; 2] = [Rc::default(), Rc::default()];
    static NEXT: RefCell<u32> = const { RefCell::new(1) };
}

fn hub(lane: Lane) -> Rc<RefCell<Hub>> {
    HUBS.with(|hubs| Rc::clone(&hubs[usize::from(lane == Lane::Logs)]))
}

/// Reports the state of the first socket.
pub fn watch_link(link: RwSignal<Link>) {
    hub(Lane::Live).borrow_mut().link = Some(link);
}

/// After signing in again: opens the sockets for what is still subscribed.
pub fn wake() {
    run(Lane::Live, Input::Wanted);
    run(Lane::Logs, Input::Wanted);
}

/// Subscribes until the current reactive owner is cleaned up.
pub fn subscribe<O: Operation>(lane: Lane, operation: &O, deliver: impl Fn(Result<O::Output, ApiError>) + 'static) {
    let id = NEXT.with(|next| {
        let id = *next.borrow();
        *next.borrow_mut() += 1;
        id
    });
    let sink: Deliver = Rc::new(move |data| {
        deliver(data.and_then(|data| O::Output::read(&data).map_err(|_| ApiError::shape(O::NAME))));
    });
    hub(lane).borrow_mut().sinks.insert(id, sink);
    on_cleanup(move || {
        hub(lane).borrow_mut().sinks.remove(&id);
        run(lane, Input::Unsubscribe { id });
    });
    run(lane, Input::Subscribe { id, name: O::NAME, text: O::TEXT, variables: operation.variables() });
}

fn run(lane: Lane, input: Input) {
    let effects = hub(lane).borrow_mut().socket.step(input, js_sys::Math::random());
    for effect in effects {
        carry_out(lane, effect);
    }
}

fn carry_out(lane: Lane, effect: Effect) {
    match effect {
        Effect::Open => open(lane),
        Effect::Send(text) => {
            let web = hub(lane).borrow().web.clone();
            if web.is_some_and(|web| web.send_with_str(&text).is_err()) {
                run(lane, Input::Closed { code: 1006 });
            }
        }
        Effect::Close => {
            // A dead line may take minutes to report its end: detach it and go on at once.
            if let Some(web) = hub(lane).borrow_mut().web.take() {
                detach(&web);
                let _ = web.close();
            }
            run(lane, Input::Closed { code: 1006 });
        }
        Effect::Retry { after_ms } => {
            set_timeout(move || run(lane, Input::RetryDue), std::time::Duration::from_millis(after_ms.into()));
        }
        Effect::Data { id, data } => deliver(lane, id, Ok(data)),
        Effect::Failed { id, error } => {
            let error = ApiError::read(&error);
            if error.is_unauthenticated() {
                client::expired();
            }
            deliver(lane, id, Err(error));
        }
        Effect::Done { id } => {
            hub(lane).borrow_mut().sinks.remove(&id);
        }
        Effect::Unauthenticated => client::expired(),
        Effect::Link(link) => {
            let signal = hub(lane).borrow().link;
            if let Some(signal) = signal {
                let _ = signal.try_set(link);
            }
        }
    }
}

fn deliver(lane: Lane, id: u32, data: Result<Value, ApiError>) {
    let sink = hub(lane).borrow().sinks.get(&id).cloned();
    if let Some(sink) = sink {
        sink(data);
    }
}

fn detach(web: &WebSocket) {
    web.set_onopen(None);
    web.set_onmessage(None);
    web.set_onclose(None);
}

/// The server of subscriptions where the portal's files come from another one: `trunk serve` sets it (CONTRIBUTING.md).
const SERVER: Option<&str> = option_env!("HYPO_PORTAL_LIVE");

fn address() -> String {
    let location = window().location();
    let scheme = if location.protocol().is_ok_and(|it| it == "https:") { "wss" } else { "ws" };
    let own = || format!("{scheme}://{}", location.host().unwrap_or_default());
    format!("{}/graphql/ws", SERVER.map_or_else(own, str::to_owned))
}

fn open(lane: Lane) {
    let url = address();
    let Ok(web) = WebSocket::new_with_str(&url, "graphql-transport-ws") else {
        return run(lane, Input::Closed { code: 1006 });
    };
    let opened = Closure::<dyn FnMut()>::new(move || run(lane, Input::Opened));
    let received = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some(text) = event.data().as_string() {
            run(lane, Input::Received(text));
        }
    });
    let closed = Closure::<dyn FnMut(CloseEvent)>::new(move |event: CloseEvent| {
        hub(lane).borrow_mut().web = None;
        run(lane, Input::Closed { code: event.code() });
    });
    web.set_onopen(Some(opened.as_ref().unchecked_ref()));
    web.set_onmessage(Some(received.as_ref().unchecked_ref()));
    web.set_onclose(Some(closed.as_ref().unchecked_ref()));
    // Handed to the browser's collector: they live as long as the socket holds them.
    let _ = (opened.into_js_value(), received.into_js_value(), closed.into_js_value());
    let start_ticking = {
        let hub = hub(lane);
        let mut hub = hub.borrow_mut();
        hub.web = Some(web);
        !std::mem::replace(&mut hub.ticking, true)
    };
    if start_ticking {
        let _ = set_interval_with_handle(move || run(lane, Input::Tick), std::time::Duration::from_secs(10));
    }
}
