//! Who asks, and why. Every application function takes a [`Ctx`] and a [`Permit`](crate::permit::Permit).

use std::net::IpAddr;

use hypo_shared::{Role, SessionId, TenantId, TokenId, UserId};

/// How the caller proved who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Credential {
    /// A browser session.
    Session(SessionId),
    /// An API token.
    Token(TokenId),
    /// The program itself: boot, demo, command line on the same machine.
    System,
}

/// An authenticated caller. The role is the user's, or the token's when that is narrower.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    pub user: UserId,
    pub credential: Credential,
    /// Sign-in name.
    pub name: String,
    pub display_name: String,
    pub tenant: TenantId,
    pub tenant_name: String,
    pub role: Role,
    /// It speaks TMF as OpenSlice does, unless a request says otherwise.
    pub openslice: bool,
}

/// The context of one request.
#[derive(Clone, Debug)]
pub struct Ctx {
    pub who: Principal,
    /// Correlation id: in the log, in error answers and in the audit trail.
    pub trace: String,
    /// What the caller is doing, in a word or two, for example `graphql.placeOrder`.
    pub why: String,
    /// Address of the caller, when there is one.
    pub address: Option<IpAddr>,
}

/// Whose records a read may return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// One tenant's.
    Tenant(TenantId),
    /// Everybody's: the platform's administrator.
    All,
}

impl Reach {
    /// The tenant to filter by; `None` for everybody's.
    #[must_use]
    pub const fn tenant(self) -> Option<TenantId> {
        match self {
            Reach::Tenant(tenant) => Some(tenant),
            Reach::All => None,
        }
    }

    /// Whether a record of `owner` may be seen.
    #[must_use]
    pub fn covers(self, owner: TenantId) -> bool {
        self.tenant().is_none_or(|tenant| tenant == owner)
    }
}

impl Principal {
    /// Who it is, for the audit trail.
    #[must_use]
    pub fn actor(&self) -> String {
        match self.credential {
            Credential::Session(_) => format!("user:{}", self.name),
            Credential::Token(_) => format!("token:{}", self.name),
            Credential::System => format!("system:{}", self.name),
        }
    }

    /// The program itself, acting for a tenant: boot, demo, command line on the same machine.
    #[must_use]
    pub fn system(what: &str, tenant: TenantId) -> Self {
        Self {
            user: UserId(uuid::Uuid::nil()),
            credential: Credential::System,
            name: what.to_owned(),
            display_name: what.to_owned(),
            tenant,
            tenant_name: String::new(),
            role: Role::Admin,
            openslice: false,
        }
    }
}

impl Ctx {
    /// The program itself, acting for a tenant.
    #[must_use]
    pub fn system(what: &str, tenant: TenantId) -> Self {
        let trace = uuid::Uuid::now_v7().simple().to_string();
        Self { who: Principal::system(what, tenant), trace, why: what.to_owned(), address: None }
    }

    /// Whose records this caller reads: an administrator everybody's, anybody else its tenant's.
    #[must_use]
    pub fn reach(&self) -> Reach {
        if self.who.role == Role::Admin { Reach::All } else { Reach::Tenant(self.who.tenant) }
    }

    /// The same caller with another reason.
    #[must_use]
    pub fn because(&self, why: impl Into<String>) -> Self {
        Self { why: why.into(), ..self.clone() }
    }
}
