//! Log lines on standard output: JSON, or plain for those who read by eye (`LOG_FORMAT=plain`). `LOG_LEVEL` cuts off.

use std::{
    env,
    io::{self, Write},
};

use serde_json::{Map, Value};

use crate::time;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Debug,
    Info,
    Warn,
    Error,
}

impl Level {
    const fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }

    fn of(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "debug" => Self::Debug,
            "warn" | "warning" => Self::Warn,
            "error" => Self::Error,
            _ => Self::Info,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Log {
    component: String,
    least: Level,
    plain: bool,
}

impl Log {
    pub fn new(component: &str) -> Self {
        let var = |name| env::var(name).unwrap_or_default();
        Self {
            component: component.to_owned(),
            least: Level::of(&var("LOG_LEVEL")),
            plain: var("LOG_FORMAT") == "plain",
        }
    }

    pub fn debug(&self, text: &str, fields: &[(&str, Value)]) {
        self.line(Level::Debug, text, fields);
    }

    pub fn info(&self, text: &str, fields: &[(&str, Value)]) {
        self.line(Level::Info, text, fields);
    }

    pub fn warn(&self, text: &str, fields: &[(&str, Value)]) {
        self.line(Level::Warn, text, fields);
    }

    pub fn error(&self, text: &str, fields: &[(&str, Value)]) {
        self.line(Level::Error, text, fields);
    }

    fn line(&self, level: Level, text: &str, fields: &[(&str, Value)]) {
        if level >= self.least {
            // A closed pipe is no reason to stop working.
            let _ = writeln!(io::stdout(), "{}", self.shown(time::now_ms(), level, text, fields));
        }
    }

    fn shown(&self, ms: u64, level: Level, text: &str, fields: &[(&str, Value)]) -> String {
        let at = time::rfc3339(ms);
        if self.plain {
            let mut line = format!("{at} {:5} {}: {text}", level.name().to_ascii_uppercase(), self.component);
            for (name, value) in fields {
                line.push_str(&format!(" {name}={value}"));
            }
            return line;
        }
        let mut object = Map::new();
        for (name, value) in [
            ("ts", at.into()),
            ("level", level.name().into()),
            ("component", self.component.clone().into()),
            ("msg", text.into()),
        ] {
            object.insert(name.to_owned(), value);
        }
        object.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        Value::Object(object).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_both_forms() {
        let mut log = Log { component: "broker".into(), least: Level::Info, plain: true };
        assert_eq!(
            log.shown(0, Level::Warn, "slow reader", &[("lost", 3.into())]),
            "1970-01-01T00:00:00.000Z WARN  broker: slow reader lost=3"
        );
        log.plain = false;
        assert_eq!(
            log.shown(0, Level::Info, "ready", &[("port", 7000.into())]),
            r#"{"ts":"1970-01-01T00:00:00.000Z","level":"info","component":"broker","msg":"ready","port":7000}"#
        );
        assert!(Level::of("nonsense") == Level::Info && Level::of("ERROR") > Level::of("warn"));
    }
}
