//! The filter form of TMF630 part 6: `path[?(condition)]`, where `@` is one element of the array at the path.
//!
//! Operators `== != < <= > >= =~ && || !`, parentheses, nested members and nested filters, a path alone for existence.
//! Without a path, or with `$`, `@` is the document itself.

use hypo_shared::ErrorCode;

use crate::{
    Problem,
    query::{Filter, Operator, Path, Pattern, limits},
};

/// Bytes of an expression.
const LENGTH: usize = 4096;

/// Parses an expression, already percent-decoded.
pub fn parse(text: &str) -> Result<Filter, Problem> {
    limits::at_most(LENGTH, text.len(), "bytes in a filter expression")?;
    let mut reader = Reader { text, at: 0, depth: 0, conditional: false };
    reader.spaces();
    if reader.eat("$") {
        reader.spaces();
    } else if reader.peek().is_some_and(|c| c != '[' && c != '.') {
        // The dot in front of the first name may be left out.
        let first = reader.name()?;
        let filter = reader.steps(vec![first])?;
        return reader.end(filter);
    }
    let filter = reader.steps(Vec::new())?;
    reader.end(filter)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    /// A condition was read.
    conditional: bool,
}

/// What stands on one side of a comparison.
enum Operand {
    Path(Filter, Option<Path>),
    Literal(String),
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn spaces(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn wrong(&self, what: &str) -> Problem {
        Problem::invalid(format!("filter: {what} at character {}", self.text[..self.at].chars().count() + 1))
            .help("For example filter=serviceCharacteristic[?(@.name=='A' && @.value=='B')]")
    }

    fn unsupported(&self, what: &str) -> Problem {
        Problem::new(501, ErrorCode::InvalidInput, format!("filter: {what} is not supported"))
    }

    fn expect(&mut self, token: &str) -> Result<(), Problem> {
        self.spaces();
        if self.eat(token) { Ok(()) } else { Err(self.wrong(&format!("{token:?} is expected"))) }
    }

    fn end(&mut self, filter: Filter) -> Result<Filter, Problem> {
        self.spaces();
        match self.rest() {
            "" if self.conditional => Ok(filter),
            "" => Err(self.wrong("a condition is expected")),
            _ => Err(self.wrong("nothing more is expected")),
        }
    }

    /// Members and filters up to the end of a path. A path that ends without a filter asks for existence.
    fn steps(&mut self, mut members: Vec<String>) -> Result<Filter, Problem> {
        loop {
            if self.eat("..") {
                return Err(self.unsupported("the descendant step .."));
            } else if self.eat(".") {
                if self.eat("*") {
                    return Err(self.unsupported("the wildcard"));
                }
                members.push(self.name()?);
            } else if self.eat("[") {
                self.spaces();
                match self.peek() {
                    Some('?') => {
                        self.at += 1;
                        return self.filtered(Path::of(members)?);
                    }
                    Some('\'' | '"') => {
                        members.push(self.string()?);
                        self.expect("]")?;
                    }
                    Some('*') => return Err(self.unsupported("the wildcard")),
                    Some(c) if c == '-' || c == ':' || c.is_ascii_digit() => {
                        return Err(self.unsupported("an index or a slice"));
                    }
                    _ => return Err(self.wrong("a condition [?( … )] or a quoted name is expected")),
                }
            } else {
                return Ok(Filter::Exists(Path::of(members)?));
            }
        }
    }

    /// Behind `[?`: the condition, and what follows it.
    fn filtered(&mut self, path: Path) -> Result<Filter, Problem> {
        self.conditional = true;
        let condition = self.any()?;
        self.expect("]")?;
        let holds = if self.rest().starts_with(['.', '[']) {
            Filter::And(vec![condition, self.steps(Vec::new())?])
        } else {
            condition
        };
        if path.members().is_empty() {
            return if self.depth == 0 { Ok(holds) } else { Err(self.unsupported("an array inside an array")) };
        }
        Ok(Filter::Element { path, holds: Box::new(holds) })
    }

    fn any(&mut self) -> Result<Filter, Problem> {
        self.depth += 1;
        limits::at_most(limits::DEPTH, self.depth, "levels of conditions")?;
        let mut any = vec![self.all()?];
        self.spaces();
        while self.eat("||") {
            any.push(self.all()?);
            self.spaces();
        }
        self.depth -= 1;
        Ok(if any.len() == 1 { any.remove(0) } else { Filter::Or(any) })
    }

    fn all(&mut self) -> Result<Filter, Problem> {
        let mut all = vec![self.one()?];
        self.spaces();
        while self.eat("&&") {
            all.push(self.one()?);
            self.spaces();
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Filter::And(all) })
    }

    fn one(&mut self) -> Result<Filter, Problem> {
        self.spaces();
        if self.eat("!") {
            self.depth += 1;
            limits::at_most(limits::DEPTH, self.depth, "levels of conditions")?;
            let one = self.one()?;
            self.depth -= 1;
            return Ok(Filter::Not(Box::new(one)));
        }
        if self.eat("(") {
            let inner = self.any()?;
            self.expect(")")?;
            return Ok(inner);
        }
        let left = self.operand()?;
        self.spaces();
        if self.eat("=~") {
            let Operand::Path(_, Some(path)) = left else { return Err(self.wrong("=~ compares an attribute")) };
            return Ok(Filter::Matches { path, pattern: self.pattern()? });
        }
        let Some(operator) = self.operator()? else {
            return match left {
                Operand::Path(filter, _) => Ok(filter),
                Operand::Literal(_) => Err(self.wrong("a comparison is expected")),
            };
        };
        self.spaces();
        match (left, self.operand()?) {
            (Operand::Path(_, Some(path)), Operand::Literal(value)) => Ok(Filter::compare(path, operator, [value])),
            (Operand::Literal(value), Operand::Path(_, Some(path))) => {
                Ok(Filter::compare(path, mirrored(operator), [value]))
            }
            (Operand::Path(..), Operand::Path(..)) => Err(self.unsupported("a comparison of two attributes")),
            (Operand::Literal(_), Operand::Literal(_)) => Err(self.unsupported("a comparison of two literals")),
            _ => Err(self.unsupported("a comparison behind a nested condition")),
        }
    }

    fn operator(&mut self) -> Result<Option<Operator>, Problem> {
        let tokens = [
            ("==", Operator::Eq),
            ("!=", Operator::Ne),
            ("<=", Operator::Lte),
            (">=", Operator::Gte),
            ("<", Operator::Lt),
            (">", Operator::Gt),
        ];
        let found = tokens.iter().find(|(token, _)| self.eat(token)).map(|(_, operator)| *operator);
        if found.is_none() && self.rest().starts_with('=') {
            return Err(self.wrong("equality is written =="));
        }
        Ok(found)
    }

    fn operand(&mut self) -> Result<Operand, Problem> {
        match self.peek() {
            Some('@') => {
                self.at += 1;
                let filter = self.steps(Vec::new())?;
                let path = if let Filter::Exists(path) = &filter { Some(path.clone()) } else { None };
                Ok(Operand::Path(filter, path))
            }
            Some('\'' | '"') => self.string().map(Operand::Literal),
            Some('$') => Err(self.unsupported("$ inside a condition")),
            Some(c) if c == '-' || c.is_ascii_digit() => self.number().map(Operand::Literal),
            Some(c) if c.is_alphabetic() => {
                let word = self.word();
                match word {
                    "true" | "false" => Ok(Operand::Literal(word.to_owned())),
                    "null" => Err(self.unsupported("null (ask for existence with @.name)")),
                    word if self.rest().starts_with('(') => Err(self.unsupported(&format!("the function {word}()"))),
                    _ => Err(self.wrong("an attribute begins with @ and a text is quoted;")),
                }
            }
            _ => Err(self.wrong("an attribute (@.name) or a value is expected")),
        }
    }

    fn word(&mut self) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_alphanumeric() || "_-@$:/#".contains(c))).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn name(&mut self) -> Result<String, Problem> {
        match self.word() {
            "" => Err(self.wrong("a name is expected")),
            name => Ok(name.to_owned()),
        }
    }

    fn number(&mut self) -> Result<String, Problem> {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_ascii_digit() || "+-.eE".contains(c))).unwrap_or(rest.len());
        let number = &rest[..end];
        if serde_json::from_str::<serde_json::Number>(number).is_err() {
            return Err(self.wrong("a number is expected"));
        }
        self.at += end;
        Ok(number.to_owned())
    }

    /// In single or double quotes; a backslash takes the next character as it is.
    fn string(&mut self) -> Result<String, Problem> {
        let quote = self.peek().unwrap_or('\'');
        self.at += quote.len_utf8();
        let mut text = String::new();
        let mut characters = self.rest().char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '\\' => match characters.next() {
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, 't')) => text.push('\t'),
                    Some((_, 'r')) => text.push('\r'),
                    Some((_, 'u' | 'b' | 'f')) => return Err(self.unsupported("this escape in a text")),
                    Some((_, other)) => text.push(other),
                    None => break,
                },
                c if c == quote => {
                    self.at += at + quote.len_utf8();
                    return Ok(text);
                }
                c => text.push(c),
            }
        }
        Err(self.wrong("the text has no closing quote"))
    }

    /// `/pattern/`, `/pattern/i` or a quoted text, whose backslashes belong to the pattern.
    fn pattern(&mut self) -> Result<Pattern, Problem> {
        self.spaces();
        let Some(limit @ ('/' | '\'' | '"')) = self.peek() else {
            return Err(self.wrong("a pattern in slashes or quotes is expected"));
        };
        self.at += 1;
        let (mut source, mut escaped) = (String::new(), false);
        for (at, character) in self.rest().char_indices() {
            match character {
                c if escaped => {
                    if c != limit {
                        source.push('\\');
                    }
                    source.push(c);
                    escaped = false;
                }
                '\\' => escaped = true,
                c if c == limit => {
                    self.at += at + 1;
                    if limit == '/' && self.eat("i") {
                        source.insert_str(0, "(?i)");
                    }
                    return Pattern::new(&source);
                }
                c => source.push(c),
            }
        }
        Err(self.wrong("the pattern has no end"))
    }
}

fn mirrored(operator: Operator) -> Operator {
    match operator {
        Operator::Lt => Operator::Gt,
        Operator::Lte => Operator::Gte,
        Operator::Gt => Operator::Lt,
        Operator::Gte => Operator::Lte,
        same => same,
    }
}
