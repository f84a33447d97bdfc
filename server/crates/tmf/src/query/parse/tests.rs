use crate::{
    Query,
    query::{Filter, Operator, Path, SortKey},
};

fn filter(raw: &str) -> Filter {
    let query = Query::parse(raw).unwrap_or_else(|problem| panic!("{raw}: {problem}"));
    match query.filter {
        Filter::And(mut all) if all.len() == 1 => all.remove(0),
        filter => filter,
    }
}

fn is(path: &str, operator: Operator, values: &[&str]) -> Filter {
    Filter::compare(Path::parse(path).unwrap(), operator, values.iter().copied())
}

#[test]
fn every_spelling_of_or() {
    for raw in [
        "state=a,b",
        "state=a&state=b",
        "state=a;state=b",
        "state=a;b",
        "state=a%2Cb",
        "state=a%3Bb",
        "state=a%3Bstate%3Db",
        "state.eq=a&state%3D%3Db",
        "state==a;b",
        "state=\"a\",b",
        "state=a;%22b%22",
    ] {
        assert_eq!(filter(raw), is("state", Operator::Eq, &["a", "b"]), "{raw}");
    }
    let either = Filter::Or(vec![is("a", Operator::Eq, &["1"]), is("b.c", Operator::Gt, &["2"])]);
    assert_eq!(filter("a=1;b.c%3E2"), either);
    assert_eq!(filter("a=1;b.c.gt=2"), either);
    let ends = Filter::Or(vec![is("d", Operator::Lt, &["2013"]), is("d", Operator::Gt, &["2017"])]);
    for raw in ["d%3C2013;d%3E2017", "d%3C2013%3Bd%3E2017", "d.lt=2013;d.gt=2017"] {
        assert_eq!(filter(raw), ends, "{raw}");
    }
}

#[test]
fn every_operator_in_every_spelling() {
    for (operator, spellings) in [
        (Operator::Eq, ["n=5", "n.eq=5", "n%3D%3D5", "n==5", "n%3D5"].as_slice()),
        (Operator::Ne, &["n.ne=5", "n!=5", "n%21%3D5", "n%21=5"]),
        (Operator::Gt, &["n.gt=5", "n%3E5"]),
        (Operator::Gte, &["n.gte=5", "n%3E%3D5", "n%3E=5", "n%3E%3D=5"]),
        (Operator::Lt, &["n.lt=5", "n%3C5"]),
        (Operator::Lte, &["n.lte=5", "n%3C%3D5", "n%3C=5"]),
    ] {
        for raw in spellings {
            assert_eq!(filter(raw), is("n", operator, &["5"]), "{raw}");
        }
    }
    for raw in ["n.regex=a{1,2}|b", "n*=a{1,2}|b", "n%2A%3Da{1,2}|b", "n%3D~a%7B1,2%7D|b", "n.regex=%22a{1,2}|b%22"] {
        match filter(raw) {
            Filter::Matches { path, pattern } => {
                assert_eq!((path.to_string().as_str(), pattern.source()), ("n", "a{1,2}|b"), "{raw}");
            }
            other => panic!("{raw}: {other:?}"),
        }
    }
    assert_eq!(filter("dateTime%3E2013-04-20"), filter("dateTime.gt=2013-04-20"), "the example of TMF630 4.4");
}

#[test]
fn values() {
    for (raw, values) in [
        ("n=", [""].as_slice()),
        ("n=a+b%20c", &["a b c"]),
        ("n=\"1\"", &["1"]),
        ("n=\"a,b\",c", &["a,b", "c"]),
        ("n=\"a;b\"", &["a;b"]),
        ("n=\"a;m=b\";c", &["a;m=b", "c"]),
        ("n=\"\"a\"\"", &["\"a\""]),
        ("n=5\"", &["5\""]),
        ("n=a=b", &["a=b"]),
        ("n=%3Ea", &[">a"]),
        ("n=2026-01-01T00:00:00+02:00", &["2026-01-01T00:00:00+02:00"]),
        ("n=a+02:00", &["a 02:00"]),
        ("n=%E2%82%AC", &["€"]),
    ] {
        assert_eq!(filter(raw), is("n", Operator::Eq, values), "{raw}");
    }
}

#[test]
fn clauses_are_all_required() {
    let both = |one, other| Filter::And(vec![one, other]);
    assert_eq!(
        filter("a.gt=1&a.lt=5"),
        both(is("a", Operator::Gt, &["1"]), is("a", Operator::Lt, &["5"])),
        "a range is no alternative"
    );
    assert_eq!(filter("@type=X&a.b=y"), both(is("@type", Operator::Eq, &["X"]), is("a.b", Operator::Eq, &["y"])));
    assert_eq!(Query::parse("&&").unwrap(), Query::default());
}

#[test]
fn pages_and_order() {
    let query = Query::parse("offset=10&limit=5&sort=-orderDate,+a.b,%20c&sort=%2Bd").unwrap();
    let key = |path: &str, descending| SortKey { path: Path::parse(path).unwrap(), descending };
    assert_eq!((query.offset, query.limit), (Some(10), Some(5)));
    assert_eq!(query.sort, [key("orderDate", true), key("a.b", false), key("c", false), key("d", false)]);
}

#[test]
fn correlated_conditions() {
    let value = |path: &str, operator, text: &str| is(path, operator, &[text]);
    let both = Filter::Element {
        path: Path::parse("serviceCharacteristic").unwrap(),
        holds: Box::new(Filter::And(vec![value("name", Operator::Eq, "A"), value("value", Operator::Eq, "B")])),
    };
    for raw in [
        "filter=serviceCharacteristic[?(@.name=='A' && @.value=='B')]",
        "filter=%24.serviceCharacteristic%5B%3F(%40.name%3D%3D%27A%27%20%26%26%20%40.value%3D%3D%27B%27)%5D",
        "filter=$.serviceCharacteristic[?@.name == \"A\" %26%26 'B' == @['value']]",
        "filter=$['serviceCharacteristic'][?((@.name=='A') %26%26 (@.value=='B'))]",
    ] {
        // A raw & ends the clause, as in every query string.
        let raw = raw.replace("&&", "%26%26");
        assert_eq!(filter(&raw), both, "{raw}");
    }
    assert_eq!(filter("filter=$[?(@.state=='x')]"), value("state", Operator::Eq, "x"));
    assert_eq!(filter("filter=[?(5 < @.a.b)]"), value("a.b", Operator::Gt, "5"));
    let element = |path: &str, holds| Filter::Element { path: Path::parse(path).unwrap(), holds: Box::new(holds) };
    assert_eq!(
        filter("filter=a[?(!@.b || @.c[?(@.d!=true)])].e"),
        element(
            "a",
            Filter::And(vec![
                Filter::Or(vec![
                    Filter::Not(Box::new(Filter::Exists(Path::parse("b").unwrap()))),
                    element("c", value("d", Operator::Ne, "true")),
                ]),
                Filter::Exists(Path::parse("e").unwrap()),
            ])
        )
    );
    for raw in ["filter=a[?(@.n =~ /x\\/y{1}/)]", "filter=a[?(@.n=~'x/y{1}')]"] {
        match filter(raw) {
            Filter::Element { holds, .. } => {
                assert!(matches!(&*holds, Filter::Matches { pattern, .. } if pattern.source() == "x/y{1}"), "{raw}");
            }
            other => panic!("{raw}: {other:?}"),
        }
    }
}

#[test]
fn what_is_malformed_is_refused() {
    for raw in [
        "limit=-1",
        "limit=x",
        "limit=",
        "offset=1.5",
        "limit=%2B1",
        "a%zz=1",
        "a%4",
        "a..b=1",
        "a'b=1",
        "=1",
        "%ff=1",
        "abc",
        "a=x;b~y",
        "a!x",
        "a=%00",
        "a[0]=1",
        "name.regex=(",
        "name.regex=a{5000}{5000}",
        "sort=a..b",
        "sort=-",
        "n=\"abc",
        "fields=a..b",
        "filter=",
        "filter=a[",
        "filter=a[?(@.b=='x']",
        "filter=a[?(@.b='x')]",
        "filter=a[?(b=='x')]",
        "filter=a[?(@.b==)]",
        "filter=a[?(@.b=='x)]",
        "filter=a[?(@.b==x)]",
        "filter=a[?('x')]",
        "filter=a[?()]",
        "filter=a[?(@.b=='x')]x",
        "filter=a[?(@.b%26%26)]",
        "filter=a[?(@.b=~5)]",
        "filter=a[?(@.b==01)]",
        "filter=a",
        "filter=a b",
        "filter=$x",
    ] {
        let problem = Query::parse(raw).expect_err(raw);
        assert_eq!(problem.status, 400, "{raw}: {problem}");
    }
}

#[test]
fn what_is_not_served_is_never_ignored() {
    for raw in [
        "filter=a[0]",
        "filter=a[*].b",
        "filter=$..a[?(@.b)]",
        "filter=a[1:2]",
        "filter=a[?(length(@.b)==1)]",
        "filter=a[?(@.b==null)]",
        "filter=a[?(@.b==@.c)]",
        "filter=a[?(@.b==$.c)]",
        "filter=a[?(@.b[0]==1)]",
        "filter=a.*",
    ] {
        let problem = Query::parse(raw).expect_err(raw);
        assert_eq!(problem.status, 501, "{raw}: {problem}");
    }
}

#[test]
fn queries_have_limits() {
    let many = |part: &str, count: usize| vec![part; count].join(",");
    for raw in [
        format!("a={}", many("x", 300)),
        format!("a={}", "x".repeat(3000)),
        format!("a.regex={}", "x".repeat(300)),
        "a.regex=x&b.regex=x&c.regex=x&d.regex=x&e.regex=x".into(),
        format!("sort={}", many("a", 9)),
        format!("fields={}", many("a", 101)),
        "a.b.c.d.e.f.g.h.i=1".into(),
        format!("filter=a[?({}@.b{})]", "(".repeat(20), ")".repeat(20)),
        format!("filter=a[?({}@.b)]", "!".repeat(20)),
        format!("filter=a[?({}@.b{})]", "@.a[?(".repeat(20), ")]".repeat(20)),
        "x".repeat(20_000),
    ] {
        let problem = Query::parse(&raw).expect_err(&raw);
        assert_eq!((problem.status, problem.code), (400, hypo_shared::ErrorCode::QueryTooComplex), "{raw}: {problem}");
    }
}
