//! The little Markdown our own pages use: headings, paragraphs, lists, fenced code, `code`, **strong**.

use leptos::prelude::*;

/// A block of text.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    Heading(usize, String),
    Paragraph(String),
    List(Vec<String>),
    Code(String),
}

/// Splits a page into blocks.
pub fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            continue;
        }
        if trimmed.starts_with("```") {
            let code: Vec<&str> = lines.by_ref().take_while(|line| !line.trim().starts_with("```")).collect();
            blocks.push(Block::Code(code.join("\n")));
        } else if trimmed.starts_with('#') {
            let depth = trimmed.chars().take_while(|c| *c == '#').count();
            blocks.push(Block::Heading(depth, trimmed[depth..].trim().to_owned()));
        } else if let Some(item) = item(trimmed) {
            let mut items = vec![item];
            while let Some(next) = lines.peek() {
                if let Some(more) = self::item(next.trim()) {
                    items.push(more);
                } else if next.starts_with(' ') && !next.trim().is_empty() {
                    if let Some(last) = items.last_mut() {
                        last.push(' ');
                        last.push_str(next.trim());
                    }
                } else {
                    break;
                }
                lines.next();
            }
            blocks.push(Block::List(items));
        } else {
            let mut paragraph = trimmed.to_owned();
            while let Some(next) = lines.peek().map(|next| next.trim()) {
                if next.is_empty() || next.starts_with('#') || next.starts_with("```") || item(next).is_some() {
                    break;
                }
                paragraph.push(' ');
                paragraph.push_str(next);
                lines.next();
            }
            blocks.push(Block::Paragraph(paragraph));
        }
    }
    blocks
}

fn item(line: &str) -> Option<String> {
    let bullet = line.strip_prefix("- ").or_else(|| line.strip_prefix("* "));
    let numbered =
        line.split_once(". ").filter(|(number, _)| !number.is_empty() && number.chars().all(|c| c.is_ascii_digit()));
    bullet.or(numbered.map(|(_, text)| text)).map(str::to_owned)
}

/// The page as elements; the page's own title is left to the page head.
pub fn markdown(text: &str) -> AnyView {
    blocks(text)
        .into_iter()
        .map(|block| match block {
            Block::Heading(1, _) => ().into_any(),
            Block::Heading(_, text) => html! { <h2>{inline(&text)}</h2> }.into_any(),
            Block::Paragraph(text) => html! { <p>{inline(&text)}</p> }.into_any(),
            Block::List(items) => {
                let items: Vec<_> = items.iter().map(|item| html! { <li>{inline(item)}</li> }).collect();
                html! { <ul>{items}</ul> }.into_any()
            }
            Block::Code(text) => super::code::code(text),
        })
        .collect_view()
        .into_any()
}

fn inline(text: &str) -> AnyView {
    text.split('`')
        .enumerate()
        .map(|(at, part)| {
            if at % 2 == 1 {
                return html! { <code>{part.to_owned()}</code> }.into_any();
            }
            let strong = part.split("**").enumerate().map(|(at, part)| {
                let part = part.to_owned();
                if at % 2 == 1 { html! { <strong>{part}</strong> }.into_any() } else { part.into_any() }
            });
            strong.collect_view().into_any()
        })
        .collect_view()
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_our_pages() {
        let text = "# HYP-1001\n\nThe package\ncould not be read.\n\n## What to do\n\n- Check it\n  twice.\n- Again.\n\n1. One\n\n```sh\nhypo x\n```\n";
        assert_eq!(
            blocks(text),
            [
                Block::Heading(1, "HYP-1001".into()),
                Block::Paragraph("The package could not be read.".into()),
                Block::Heading(2, "What to do".into()),
                Block::List(vec!["Check it twice.".into(), "Again.".into()]),
                Block::List(vec!["One".into()]),
                Block::Code("hypo x".into()),
            ]
        );
    }
}
