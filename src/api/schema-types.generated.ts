import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { FirmRow, UserRow, NoticeRow, AlertRow, InvitationRow, FirmSignInRow, OwnerRecoveryRow, LeaseRow, LeaseApprovalRow, LeaseEventRow, Row } from '../database/index.ts';
import type { AuditEntryNode } from './resolvers/audit.ts';
import type { PublishedCheckpoint, InclusionProof, ConsistencyProof } from '../audit-log/proofs/index.ts';
import type { Connection } from './connection.ts';
import type { LeaseOpeningNode } from './resolvers/lease-report.ts';
import type { RequestContext } from './context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A moment in UTC, as YYYY-MM-DDTHH:mm:ss.sssZ. */
  DateTime: { input: Date; output: Date; }
  /** A decimal number as text, exactly as given: optional minus sign, digits, optional fraction, no exponent. */
  Decimal: { input: string; output: string; }
  /** Any JSON value. */
  JSON: { input: unknown; output: unknown; }
};

/** Which invitation is accepted. */
export type AcceptInvitationInput = {
  /** What stands in the link behind #invitation=. */
  invitation: Scalars['String']['input'];
};

/** The place that was taken; what comes next is asked for as a member. */
export type AcceptInvitationPayload = {
  /** Id of the firm. */
  firmId: Scalars['ID']['output'];
  /** Id of the account that was made. */
  userId: Scalars['ID']['output'];
};

/** Which alert. */
export type AcknowledgeAlertInput = {
  /** The alert. */
  id: Scalars['ID']['input'];
};

/** The alert as it is now. */
export type AcknowledgeAlertPayload = {
  /** The alert. */
  alert: Alert;
};

/** Something that people of the platform are to look at: suspicious use, or a lock or the log that isn't as it must be. Ids, words of ours, numbers and times; no content. */
export type Alert = Node & {
  /** When that was. */
  acknowledgedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Who that is. */
  acknowledgedBy?: Maybe<User>;
  /** The account that has; null while it is open. */
  acknowledgedById?: Maybe<Scalars['ID']['output']>;
  /** The account that caused it, whose person can't acknowledge it; null for none, or the program itself. */
  actorId?: Maybe<Scalars['ID']['output']>;
  /** How often it has happened, or how much was counted, until it was acknowledged. */
  count: Scalars['Int']['output'];
  /** The firm that it is about; null for one that is about no one firm. */
  firmId?: Maybe<Scalars['ID']['output']>;
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** Whether somebody has acknowledged it. */
  isAcknowledged: Scalars['Boolean']['output'];
  /** When it last happened, until it was acknowledged. */
  lastAt: Scalars['DateTime']['output'];
  /** The lease that it is about; null for none. */
  leaseId?: Maybe<Scalars['ID']['output']>;
  /** When it was opened. */
  openedAt: Scalars['DateTime']['output'];
  /** The rule that says so. */
  rule: AlertRule;
  /** How soon somebody is to look. */
  severity: AlertSeverity;
  /** By what occurrences belong together: ids, or the part of the installation. */
  subject: Scalars['String']['output'];
  /** What the rule says, in one sentence. */
  summary: Scalars['String']['output'];
};

/** A page of alerts. */
export type AlertConnection = {
  /** The alerts of the page with their cursors. */
  edges: Array<AlertEdge>;
  /** The alerts of the page. */
  nodes: Array<Alert>;
  /** Where the page lies. */
  pageInfo: PageInfo;
  /** How many there are in the whole list; counted only when asked. */
  totalCount: Scalars['Int']['output'];
};

/** An alert in a list. */
export type AlertEdge = {
  /** Names the place in the list. */
  cursor: Scalars['String']['output'];
  /** The alert. */
  node: Alert;
};

/** Which alerts. */
export type AlertFilter = {
  /** About this firm. */
  firmId?: InputMaybe<Scalars['ID']['input']>;
  /** Whether somebody has acknowledged them. */
  isAcknowledged?: InputMaybe<Scalars['Boolean']['input']>;
  /** Of this rule. */
  rule?: InputMaybe<AlertRule>;
  /** Of this severity. */
  severity?: InputMaybe<AlertSeverity>;
};

/** Orders of a list of alerts. */
export type AlertOrder =
  /** Opened first to last. */
  | 'OPENED_AT_ASC'
  /** Opened last to first. */
  | 'OPENED_AT_DESC';

/** What alerts are about. docs/how-to/monitor.md has the thresholds. */
export type AlertRule =
  /** Entries of the log were not yet checked for alerts, so events in them may go unnoticed. */
  | 'ALERTS_LATE'
  /** An approver approved a lease sooner than anyone can read and consider it. */
  | 'APPROVAL_HASTY'
  /** One approver approves the leases of one person again and again. */
  | 'APPROVAL_PAIR'
  /** A person is about to become an approver of the platform. The request can be cancelled until then. */
  | 'APPROVER_ASKED'
  /** An approver disabled another approver. For the next 30 days, no one decides alone who operates the platform. */
  | 'APPROVER_DISABLED'
  /** Most of the read budget of a lease is used. */
  | 'BULK_READ_BUDGET'
  /** A person of a firm opens many times more in an hour than usual. */
  | 'BULK_READ_MEMBER'
  /** An operator reads many records in a short time. */
  | 'BULK_READ_OPERATOR'
  /** The database’s clock is behind a time that was already seen, so no lease opens. */
  | 'CLOCK_BACK'
  /** A person of the platform asked for content without a lease that allows it. */
  | 'CONTENT_WITHOUT_LEASE'
  /** Privileges, policies, triggers or other locks of the database differ from those of the migrations. */
  | 'DATABASE_DRIFT'
  /** The webhook does not accept the messages. */
  | 'DELIVERY_FAILED'
  /** A stored value does not open: it is damaged, or was moved from another place. */
  | 'ENVELOPE_INVALID'
  /** Many stored values of a firm do not open. */
  | 'ENVELOPE_INVALID_MANY'
  /** The key service throttles the calls of Firmseal. */
  | 'KEYRING_THROTTLED'
  /** The key service refuses the key of a firm: it is disabled, destroyed, or its rights have changed. */
  | 'KEY_CHANGED'
  /** A break-glass lease is active: content can be read under it. */
  | 'LEASE_ACTIVATED'
  /** No one has reviewed what was done under a lease that has ended. */
  | 'LEASE_UNREVIEWED'
  /** The log differs from the log that was signed before. */
  | 'LOG_FORK'
  /** Entries of the log are missing: they were removed. */
  | 'LOG_GAP'
  /** The log has had no new checkpoint for too long. */
  | 'LOG_LATE'
  /** One account is refused again and again. */
  | 'MANY_DENIALS'
  /** One operator reads content of several firms in a day. */
  | 'MANY_FIRMS'
  /** A grant at the key service belongs to no lease in use. */
  | 'ORPHAN_GRANT'
  /** A firm has changed its policy for leases, or where its new members must come from. */
  | 'POLICY_CHANGED'
  /** A lease that was denied is requested again, for more than before. */
  | 'REFILED_WIDER';

/** How soon somebody is to look. */
export type AlertSeverity =
  /** Today. */
  | 'ALERT'
  /** Now. */
  | 'PAGE';

/** What is agreed to. */
export type ApproveJobInput = {
  /** The job. */
  jobId: Scalars['ID']['input'];
  /** Its requestHash as the owner has read it; CONFLICT if it is another. */
  requestHash: Scalars['String']['input'];
};

/** What was agreed to. */
export type ApproveJobPayload = {
  /** The job. */
  job: FirmJob;
};

/** A tree of the audit log at one time, as the log has signed it. Keep it: the log can't go back behind it unseen. */
export type AuditCheckpoint = {
  /** When it was made, by the database's clock. */
  createdAt: Scalars['DateTime']['output'];
  /** Whose tree; null: the root tree. The nil UUID: the tree of entries of no firm. */
  firmId?: Maybe<Scalars['ID']['output']>;
  /** The checkpoint itself: a C2SP signed note. */
  note: Scalars['String']['output'];
  /** The tree's name, which is that of its verifier key. */
  origin: Scalars['String']['output'];
  /** Hash over all leaves, 32 bytes in base64. */
  root: Scalars['String']['output'];
  /** Where it is in the root tree; null for a checkpoint of the root tree itself. */
  rootInclusion?: Maybe<AuditRootInclusion>;
  /** Number of leaves. Float, because Int ends at 2^31. */
  size: Scalars['Float']['output'];
};

/** The proof that a tree of the audit log begins with what it was before. */
export type AuditConsistencyProof = {
  /** Number of leaves that it had. Float, because Int ends at 2^31. */
  from: Scalars['Float']['output'];
  /** The consistency proof: hashes of 32 bytes in base64; none where there is nothing to prove. */
  hashes: Array<Scalars['String']['output']>;
  /** The tree's name. */
  origin: Scalars['String']['output'];
  /** Number of leaves that it has. Float, because Int ends at 2^31. */
  to: Scalars['Float']['output'];
};

/** How an audited act ended. */
export type AuditDecision =
  /** A rule allowed it. */
  | 'ALLOWED'
  /** A rule said no. */
  | 'DENIED'
  /** It was allowed but could not be done. */
  | 'FAILED';

/** One entry of the audit log: what was opened, refused, changed or read, by whom. Never content, keys or tokens. */
export type AuditEntry = Node & {
  /** What happened, such as content.open; unreadable for a row that this program did not write, whose leaf tells what is there. */
  action: Scalars['String']['output'];
  /** The account that acted; null for the system itself. */
  actorId?: Maybe<Scalars['ID']['output']>;
  /** The roles that the account had. */
  actorRoles: Array<Scalars['String']['output']>;
  /** When the process wrote it. */
  at: Scalars['DateTime']['output'];
  /** The run of the process that wrote it. */
  bootId: Scalars['ID']['output'];
  /** The coordinates, as Type.field. */
  coordinates: Array<Scalars['String']['output']>;
  /** How it ended. */
  decision: AuditDecision;
  /** SHA-256, in hex, of the GraphQL document with its literals taken out. */
  documentHash?: Maybe<Scalars['String']['output']>;
  /** The firm that it is about; null for an entry of the installation. */
  firmId?: Maybe<Scalars['ID']['output']>;
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** Place of its leaf in its tree, from 0; null as long as it isn't published. Float, because Int ends at 2^31. */
  index?: Maybe<Scalars['Float']['output']>;
  /** The data keys that were used and where they came from. */
  keys: Array<AuditKeyUse>;
  /** The entry itself, as canonical JSON. */
  leaf: Scalars['String']['output'];
  /** The lease that gave the right; null for a member. */
  leaseId?: Maybe<Scalars['ID']['output']>;
  /** The part of the program that acted: firm, operator, worker or cli. */
  plane: Scalars['String']['output'];
  /** Why it was refused or failed; null if it was allowed. */
  reason?: Maybe<Scalars['String']['output']>;
  /** Ids of the records. */
  recordIds: Array<Scalars['ID']['output']>;
  /** The server's id of the request. */
  requestId?: Maybe<Scalars['ID']['output']>;
  /** A whole number, contiguous within a boot, so that a gap shows. Float, because Int ends at 2^31. */
  sequence: Scalars['Float']['output'];
};

/** A page of the audit log. */
export type AuditEntryConnection = {
  /** The entries of the page with their cursors. */
  edges: Array<AuditEntryEdge>;
  /** The entries of the page. */
  nodes: Array<AuditEntry>;
  /** Where the page lies. */
  pageInfo: PageInfo;
  /** How many there are in the whole list; counted only when asked. */
  totalCount: Scalars['Int']['output'];
};

/** An entry in a list. */
export type AuditEntryEdge = {
  /** Names the place in the list. */
  cursor: Scalars['String']['output'];
  /** The entry. */
  node: AuditEntry;
};

/** Which entries: those that meet all that is said. */
export type AuditEntryFilter = {
  /** Of this action, such as content.open. */
  action?: InputMaybe<Scalars['String']['input']>;
  /** Of this account. */
  actorId?: InputMaybe<Scalars['ID']['input']>;
  /** Appended before this time. */
  atBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Appended at this time or later, by the database's clock; at is the time of the process, a moment before. */
  atFrom?: InputMaybe<Scalars['DateTime']['input']>;
  /** That name this coordinate, as Type.field. */
  coordinate?: InputMaybe<Scalars['String']['input']>;
  /** That ended so. */
  decision?: InputMaybe<AuditDecision>;
  /** Under this lease, or about it. */
  leaseId?: InputMaybe<Scalars['ID']['input']>;
  /** That name this record. */
  recordId?: InputMaybe<Scalars['ID']['input']>;
};

/** Orders of the audit log. */
export type AuditEntryOrder =
  /** In the order of one tree, only what is published: of the firm that is asked for, or the caller's own. */
  | 'LEAF_INDEX'
  /** Last committed first, at once. */
  | 'NEWEST_FIRST'
  /** As they were committed; a reader who goes on from a cursor misses nothing. */
  | 'OLDEST_FIRST';

/** The proof that an entry is in its tree of the audit log. */
export type AuditInclusionProof = {
  /** The newest checkpoint of the tree that is published. */
  checkpoint: AuditCheckpoint;
  /** The entry. */
  entryId: Scalars['ID']['output'];
  /** All of it as a file to keep: a C2SP tlog-proof with the entry's leaf. */
  file: Scalars['String']['output'];
  /** The inclusion proof: hashes of 32 bytes in base64, lowest first. */
  hashes: Array<Scalars['String']['output']>;
  /** Place of its leaf in the tree, from 0. Float, because Int ends at 2^31. */
  index: Scalars['Float']['output'];
  /** Hash of the leaf, 32 bytes in base64. */
  leafHash: Scalars['String']['output'];
  /** Number of leaves of the tree, as in the checkpoint. Float, because Int ends at 2^31. */
  size: Scalars['Float']['output'];
};

/** A data key that was used. */
export type AuditKeyUse = {
  /** The key's class. */
  class: Scalars['String']['output'];
  /** The key service's own id of the call; null from the cache. */
  requestId?: Maybe<Scalars['String']['output']>;
  /** CACHE or KEYRING. */
  source: Scalars['String']['output'];
  /** The key's version. */
  version: Scalars['Int']['output'];
};

/** The proof that the checkpoint of a firm's tree is a leaf of the root tree: the same one that everybody is shown. */
export type AuditRootInclusion = {
  /** The inclusion proof: hashes of 32 bytes in base64, lowest first. */
  hashes: Array<Scalars['String']['output']>;
  /** Place of the leaf in the root tree, from 0. Float, because Int ends at 2^31. */
  index: Scalars['Float']['output'];
  /** The checkpoint of the root tree: a C2SP signed note. */
  note: Scalars['String']['output'];
  /** Number of leaves of the root tree. Float, because Int ends at 2^31. */
  size: Scalars['Float']['output'];
};

/** A break-glass lease: a right of one operator to read content of one firm, for a time and within bounds, once everybody who must has agreed to exactly this request. */
export type BreakGlassLease = Node & {
  /** When it was activated; null until then. */
  activatedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Who has agreed, first to last. */
  approvals: Array<LeaseApproval>;
  /** The classes of content that it covers. */
  classes: Array<ContentClass>;
  /** The encrypted fields that it covers, as Type.field; null: every one of the classes. */
  coordinates?: Maybe<Array<Scalars['String']['output']>>;
  /** When it ended; null until then. */
  endedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Every move, first to last. */
  events: Array<LeaseEvent>;
  /** When it ends at the latest; null until it is activated. */
  expiresAt?: Maybe<Scalars['DateTime']['output']>;
  /** The firm. */
  firm: Firm;
  /** The firm whose content it is for. */
  firmId: Scalars['ID']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** Whether a third person has looked at what was done under it. */
  isReviewed: Scalars['Boolean']['output'];
  /** How many minutes it lasts from its activation on. */
  minutes: Scalars['Int']['output'];
  /** The report of what was opened under it, first to last, from the audit log; for the firm's owners, who asked, approvers and auditors, null for others. Reading it is itself recorded. */
  openings?: Maybe<LeaseOpeningConnection>;
  /** What it is for. */
  purpose: LeasePurpose;
  /** How many values that aren't null may be read, repeats included; null: no limit. */
  readBudget?: Maybe<Scalars['Int']['output']>;
  /** Why; for the firm's owners, who asked, approvers and auditors, null for others and once it is erased. */
  reason?: Maybe<Scalars['String']['output']>;
  /** The records that it covers; null: all of the firm. */
  recordIds?: Maybe<Array<Scalars['ID']['output']>>;
  /** SHA-256, in hex, of the canonical request: who agrees names it. */
  requestHash: Scalars['String']['output'];
  /** When it was asked for. */
  requestedAt: Scalars['DateTime']['output'];
  /** The account that asked. */
  requestedById: Scalars['ID']['output'];
  /** Who asked; null for a firm's people, who don't see those of the platform. */
  requester?: Maybe<User>;
  /** When that was. */
  reviewedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The account that did. */
  reviewedById?: Maybe<Scalars['ID']['output']>;
  /** How far it has come. */
  state: LeaseState;
  /** The ticket that it is about; seen as the reason is. */
  ticket?: Maybe<Scalars['String']['output']>;
  /** How many values that aren't null were taken under it, repeats included. They are counted before they are opened: those of a request that the lease's end withheld stay counted, and are not among `openings`. */
  used: Scalars['Int']['output'];
};


/** A break-glass lease: a right of one operator to read content of one firm, for a time and within bounds, once everybody who must has agreed to exactly this request. */
export type BreakGlassLeaseOpeningsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of leases. */
export type BreakGlassLeaseConnection = {
  /** The leases of the page with their cursors. */
  edges: Array<BreakGlassLeaseEdge>;
  /** The leases of the page. */
  nodes: Array<BreakGlassLease>;
  /** Where the page lies. */
  pageInfo: PageInfo;
  /** How many there are in the whole list; counted only when asked. */
  totalCount: Scalars['Int']['output'];
};

/** A lease in a list. */
export type BreakGlassLeaseEdge = {
  /** Names the place in the list. */
  cursor: Scalars['String']['output'];
  /** The lease. */
  node: BreakGlassLease;
};

/** Which leases. */
export type BreakGlassLeaseFilter = {
  /** Whether they were reviewed. */
  isReviewed?: InputMaybe<Scalars['Boolean']['input']>;
  /** Asked for by this account. */
  requestedById?: InputMaybe<Scalars['ID']['input']>;
  /** In this state. */
  state?: InputMaybe<LeaseState>;
};

/** Orders of a list of leases. */
export type BreakGlassLeaseOrder =
  /** Oldest request first. */
  | 'REQUESTED_AT_ASC'
  /** Newest request first. */
  | 'REQUESTED_AT_DESC';

/** The lease as it is now. */
export type BreakGlassLeasePayload = {
  /** The lease. */
  lease: BreakGlassLease;
};

/** What was called off. */
export type CancelOwnerRecoveryPayload = {
  /** Id of the recovery. */
  id: Scalars['ID']['output'];
};

/** A customer of a firm. */
export type Client = FirmOwned & Node & {
  /** When it was made. */
  createdAt: Scalars['DateTime']['output'];
  /** An e-mail address for the client; not what identifies anybody. */
  email?: Maybe<Scalars['String']['output']>;
  /** The firm that the client belongs to. */
  firmId: Scalars['ID']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** The people who sign in to the portal for the client. */
  members: UserConnection;
  /** The client's name. */
  name: Scalars['String']['output'];
  /** Grows by one with each change; a change names the one it has seen. */
  revision: Scalars['Int']['output'];
  /** Whether the firm still works for the client. */
  status: ClientStatus;
  /** When it was last changed. */
  updatedAt: Scalars['DateTime']['output'];
};


/** A customer of a firm. */
export type ClientMembersArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of clients. */
export type ClientConnection = {
  /** The clients of the page with their cursors. */
  edges: Array<ClientEdge>;
  /** The clients of the page. */
  nodes: Array<Client>;
  /** Where the page lies. */
  pageInfo: PageInfo;
  /** How many there are in the whole list; counted only when asked. */
  totalCount: Scalars['Int']['output'];
};

/** A client in a list. */
export type ClientEdge = {
  /** Names the place in the list. */
  cursor: Scalars['String']['output'];
  /** The client. */
  node: Client;
};

/** Which clients. */
export type ClientFilter = {
  /** Made before this time. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Made at this time or later. */
  createdFrom?: InputMaybe<Scalars['DateTime']['input']>;
  /** In this state. */
  status?: InputMaybe<ClientStatus>;
  /** Last changed before this time. */
  updatedBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Last changed at this time or later. */
  updatedFrom?: InputMaybe<Scalars['DateTime']['input']>;
};

/** Orders of a list of clients. */
export type ClientOrder =
  /** Oldest first. */
  | 'CREATED_AT_ASC'
  /** Newest first. */
  | 'CREATED_AT_DESC'
  /** By name, in the order of text: capitals first. */
  | 'NAME_ASC'
  /** By name, backwards. */
  | 'NAME_DESC'
  /** Longest unchanged first. */
  | 'UPDATED_AT_ASC'
  /** Last changed first. */
  | 'UPDATED_AT_DESC';

/** Whether a firm still works for a client. */
export type ClientStatus =
  /** It does. */
  | 'ACTIVE'
  /** It doesn't any more; nothing is deleted, and what is shared stays shared. */
  | 'ARCHIVED';

/** What one of the firm's people says about a document, a message, a note or an invoice. No portal client sees it. */
export type Comment = FirmOwned & Node & {
  /** Who wrote it. */
  author?: Maybe<User>;
  /** When it was written. */
  createdAt: Scalars['DateTime']['output'];
  /** The document it is about, if it is about one. */
  document?: Maybe<Document>;
  /** The firm that the comment belongs to. */
  firmId: Scalars['ID']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** The invoice it is about, if it is about one. */
  invoice?: Maybe<Invoice>;
  /** The message it is about, if it is about one. */
  message?: Maybe<Message>;
  /** The note it is about, if it is about one. */
  note?: Maybe<Note>;
  /** Grows by one with each change; a change names the one it has seen. */
  revision: Scalars['Int']['output'];
  /** The text. */
  text?: Maybe<Scalars['String']['output']>;
  /** When it was last changed. */
  updatedAt: Scalars['DateTime']['output'];
};

/** A page of comments. */
export type CommentConnection = {
  /** The comments of the page with their cursors. */
  edges: Array<CommentEdge>;
  /** The comments of the page. */
  nodes: Array<Comment>;
  /** Where the page lies. */
  pageInfo: PageInfo;
  /** How many there are in the whole list; counted only when asked. */
  totalCount: Scalars['Int']['output'];
};

/** A comment in a list. */
export type CommentEdge = {
  /** Names the place in the list. */
  cursor: Scalars['String']['output'];
  /** The comment. */
  node: Comment;
};

/** Orders of a list of comments. */
export type CommentOrder =
  /** Oldest first. */
  | 'CREATED_AT_ASC'
  /** Newest first. */
  | 'CREATED_AT_DESC';

/** What a comment is about: exactly one of these. */
export type CommentSubject =
  /** A document. */
  { documentId: Scalars['ID']['input']; invoiceId?: never; messageId?: never; noteId?: never; }
  |  /** An invoice. */
  { documentId?: never; invoiceId: Scalars['ID']['input']; messageId?: never; noteId?: never; }
  |  /** A message. */
  { documentId?: never; invoiceId?: never; messageId: Scalars['ID']['input']; noteId?: never; }
  |  /** A note. */
  { documentId?: never; invoiceId?: never; messageId?: never; noteId: Scalars['ID']['input']; };

/** What kind of content a field holds. Each firm has a series of data keys for each class, and a break-glass lease names the classes it covers. */
export type ContentClass =
  /** What invoices and time entries say. */
  | 'BILLING'
  /** Messages and comments. */
  | 'COMMUNICATION'
  /** Documents, their versions and what describes them. */
  | 'DOCUMENT'
  /** Notes. */
  | 'NOTE';

/** A new client. */
export type CreateClientInput = {
  /** An e-mail address for the client. */
  email?: InputMaybe<Scalars['String']['input']>;
  /** UUIDv7 made by the caller, so that the same create may be sent again; made by the server if left out. */
  id?: InputMaybe<Scalars['ID']['input']>;
  /** The client's name, on one line. */
  name: Scalars['String']['input'];
};

/** The client that was made. */
export type CreateClientPayload = {
  /** The client. */
  client: Client;
};

/** A new comment. */
export type CreateCommentInput = {
  /** What it is about. */
  about: CommentSubject;
  /** UUIDv7 made by the caller, so that the same create may be sent again; made by the server if left out. */
  id?: InputMaybe<Scalars['ID']['input']>;
  /** The text. */
  text?: InputMaybe<Scalars['String']['input']>;
};

/** The comment that was made. */
export type CreateCommentPayload = {
  /** The comment. */
  comment: Comment;
};

/** A new document. */
export type CreateDocumentInput = {
  /** The client it is about. It isn't shared with the client by that: see shareWithClient. */
  clientId?: InputMaybe<Scalars['ID']['input']>;
  /** What it is. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** UUIDv7 made by the caller, so that the same create may be sent again; made by the server if left out. */
  id?: InputMaybe<Scalars['ID']['input']>;
  /** The file's media type, such as application/pdf. */
  mimeType: Scalars['String']['input'];
  /** The file's name, on one line. */
  name: Scalars['String']['input'];
};

/** The document that was made. */
export type CreateDocumentPayload = {
  /** The document. */
  document: Document;
  /** Where its file goes: PUT the bytes there. */
  uploadPath: Scalars['String']['output'];
};

/** A new version of a document. */
export type CreateDocumentVersionInput = {
  /** What is different from the version before. */
  changeSummary?: InputMaybe<Scalars['String']['input']>;
  /** The document. */
  documentId: Scalars['ID']['input'];
  /** UUIDv7 made by the caller, so that the same create may be sent again; made by the server if left out. */
  id?: InputMaybe<Scalars['ID']['input']>;
};

/** The version that was made. */
export type CreateDocumentVersionPayload = {
  /** The version. */
  documentVersion: DocumentVersion;
  /** Where its file goes: PUT the bytes there; the first of your versions without a file gets it. */
  uploadPath: Scalars['String']['output'];
};

/** Which file to fetch by a link. */
export type CreateDownloadInput = {
  /** The document. */
  documentId: Scalars['ID']['input'];
  /** The version; the latest file if left out. */
  number?: InputMaybe<Scalars['Int']['input']>;
};

/** A link to a file. */
export type CreateDownloadPayload = {
  /** The path, good for one GET without a token within 60 seconds, with the right that you have then. */
  path: Scalars['String']['output'];
};

/** A new invoice. */
export type CreateInvoiceInput = {
  /** What is still to be paid: the total if left out. */
  amountDue?: InputMaybe<Scalars['Decimal']['input']>;
  /** The client it is for. It isn't shared with the client by that: see shareWithClient. */
  clientId?: InputMaybe<Scalars['ID']['input']>;
  /** ISO 4217 code of the currency. */
  currency: Scalars['String']['input'];
  /** When it is to be paid. */
  dueAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** UUIDv7 made by the caller, so that the same create may be sent again; made by the server if left out. */
  id?: InputMaybe<Scalars['ID']['input']>;
  /** When it was issued. */
  issuedAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** Its lines, in order. */
  lineItems?: InputMaybe<Array<InvoiceLineItemInput>>;
  /** What it says beside its items. */
  memo?: InputMaybe<Scalars['String']['input']>;
  /** Its number, on one line; no other invoice of the firm has it. */
  number: Scalars['String']['input'];
  /** Where it stands: DRAFT if left out. */
  status?: InputMaybe<InvoiceStatus>;
  /** What is asked for: up to 15 digits and 4 decimals. */
  total: Scalars['Decimal']['input'];
};

/** The invoice that was made. */
export type CreateInvoicePayload = {
  /** The invoice. */
  invoice: Invoice;
};

/** A new message. */
export type CreateMessageInput = {
  /** The text. */
  body?: InputMaybe<Scalars['String']['input']>;
  /** UUIDv7 made by the caller, so that the same create may be sent again; made by the server if left out. */
  id?: InputMaybe<Scalars['ID']['input']>;
  /** What it is about. */
  subject?: InputMaybe<Scalars['String']['input']>;
  /** The thread to write in. */
  threadId: Scalars['ID']['input'];
};

/** The message that was made. */
export type CreateMessagePayload = {
  /** The message. */
  message: Message;
};

/** A new note. */
export type CreateNoteInput = {
  /** The text. */
  body?: InputMaybe<Scalars['String']['input']>;
  /** UUIDv7 made by the caller, so that the same create may be sent again; made by the server if left out. */
  id?: InputMaybe<Scalars['ID']['input']>;
  /** What it is about. */
  title?: InputMaybe<Scalars['String']['input']>;
};

/** The note that was made. */
export type CreateNotePayload = {
  /** The note. */
  note: Note;
};

/** A new thread. */
export type CreateThreadInput = {
  /** The client it is about. It isn't shared with the client by that: see shareWithClient. */
  clientId?: InputMaybe<Scalars['ID']['input']>;
  /** UUIDv7 made by the caller, so that the same create may be sent again; made by the server if left out. */
  id?: InputMaybe<Scalars['ID']['input']>;
};

/** The thread that was made. */
export type CreateThreadPayload = {
  /** The thread. */
  thread: Thread;
};

/** A new time entry, of the caller's work. */
export type CreateTimeEntryInput = {
  /** The client it was for. */
  clientId?: InputMaybe<Scalars['ID']['input']>;
  /** What was done. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** UUIDv7 made by the caller, so that the same create may be sent again; made by the server if left out. */
  id?: InputMaybe<Scalars['ID']['input']>;
  /** How long, in minutes, a day at most. */
  minutes: Scalars['Int']['input'];
  /** When the work began. */
  startedAt: Scalars['DateTime']['input'];
};

/** The time entry that was made. */
export type CreateTimeEntryPayload = {
  /** The time entry. */
  timeEntry: TimeEntry;
};

/** Which comment to remove. */
export type DeleteCommentInput = {
  /** The revision that was seen. */
  expectedRevision: Scalars['Int']['input'];
  /** The comment. */
  id: Scalars['ID']['input'];
};

/** What was removed. */
export type DeleteCommentPayload = {
  /** Id of the comment; it can't be used again. */
  id: Scalars['ID']['output'];
};

/** Which document to remove. */
export type DeleteDocumentInput = {
  /** The revision that was seen. */
  expectedRevision: Scalars['Int']['input'];
  /** The document. */
  id: Scalars['ID']['input'];
};

/** What was removed. */
export type DeleteDocumentPayload = {
  /** Id of the document; it can't be used again. */
  id: Scalars['ID']['output'];
};

/** Which invoice to remove. */
export type DeleteInvoiceInput = {
  /** The revision that was seen. */
  expectedRevision: Scalars['Int']['input'];
  /** The invoice. */
  id: Scalars['ID']['input'];
};

/** What was removed. */
export type DeleteInvoicePayload = {
  /** Id of the invoice; it can't be used again. */
  id: Scalars['ID']['output'];
};

/** Which message to remove. */
export type DeleteMessageInput = {
  /** The revision that was seen. */
  expectedRevision: Scalars['Int']['input'];
  /** The message. */
  id: Scalars['ID']['input'];
};

/** What was removed. */
export type DeleteMessagePayload = {
  /** Id of the message; it can't be used again. */
  id: Scalars['ID']['output'];
};

/** Which note to remove. */
export type DeleteNoteInput = {
  /** The revision that was seen. */
  expectedRevision: Scalars['Int']['input'];
  /** The note. */
  id: Scalars['ID']['input'];
};

/** What was removed. */
export type DeleteNotePayload = {
  /** Id of the note; it can't be used again. */
  id: Scalars['ID']['output'];
};

/** Which time entry to remove. */
export type DeleteTimeEntryInput = {
  /** The revision that was seen. */
  expectedRevision: Scalars['Int']['input'];
  /** The time entry. */
  id: Scalars['ID']['input'];
};

/** What was removed. */
export type DeleteTimeEntryPayload = {
  /** Id of the time entry; it can't be used again. */
  id: Scalars['ID']['output'];
};

/** What is called off. */
export type DenyJobInput = {
  /** The job. */
  jobId: Scalars['ID']['input'];
};

/** What was called off. */
export type DenyJobPayload = {
  /** The job. */
  job: FirmJob;
};

/** A document of a firm: what is known of it, and where its file lies. */
export type Document = FirmOwned & Node & {
  /** Who made it. */
  author?: Maybe<User>;
  /** Bucket of the latest file's object. */
  bucket?: Maybe<Scalars['String']['output']>;
  /** Size of the latest file in whole bytes; null as long as there is none. */
  byteSize?: Maybe<Scalars['Float']['output']>;
  /** The client it is about. */
  client?: Maybe<Client>;
  /** What the firm's people say about it; nothing for a portal client. */
  comments?: Maybe<CommentConnection>;
  /** When it was made. */
  createdAt: Scalars['DateTime']['output'];
  /** What it is. */
  description?: Maybe<Scalars['String']['output']>;
  /** The firm that the document belongs to. */
  firmId: Scalars['ID']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** The file's media type, such as application/pdf. */
  mimeType: Scalars['String']['output'];
  /** The file's name. */
  name: Scalars['String']['output'];
  /** Key of the latest file's object. */
  objectKey?: Maybe<Scalars['String']['output']>;
  /** Grows by one with each change; a change names the one it has seen. */
  revision: Scalars['Int']['output'];
  /** SHA-256 of the latest file before it was encrypted, in hex. */
  sha256?: Maybe<Scalars['String']['output']>;
  /** The clients it is shared with, at most 100; a portal client sees itself only. */
  sharedWith: Array<Client>;
  /** Whether its file is there. */
  status: DocumentStatus;
  /** When it was last changed, or got a version. */
  updatedAt: Scalars['DateTime']['output'];
  /** Its versions, the first one first, at most 200. */
  versions: Array<DocumentVersion>;
};


/** A document of a firm: what is known of it, and where its file lies. */
export type DocumentCommentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<CommentOrder>;
};

/** A page of documents. */
export type DocumentConnection = {
  /** The documents of the page with their cursors. */
  edges: Array<DocumentEdge>;
  /** The documents of the page. */
  nodes: Array<Document>;
  /** Where the page lies. */
  pageInfo: PageInfo;
  /** How many there are in the whole list; counted only when asked. */
  totalCount: Scalars['Int']['output'];
};

/** A document in a list. */
export type DocumentEdge = {
  /** Names the place in the list. */
  cursor: Scalars['String']['output'];
  /** The document. */
  node: Document;
};

/** Which documents, by metadata only. */
export type DocumentFilter = {
  /** Made by this user. */
  authorId?: InputMaybe<Scalars['ID']['input']>;
  /** About this client. */
  clientId?: InputMaybe<Scalars['ID']['input']>;
  /** Made before this time. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Made at this time or later. */
  createdFrom?: InputMaybe<Scalars['DateTime']['input']>;
  /** Of this media type. */
  mimeType?: InputMaybe<Scalars['String']['input']>;
  /** Shared with this client. */
  sharedWithId?: InputMaybe<Scalars['ID']['input']>;
  /** In this state. */
  status?: InputMaybe<DocumentStatus>;
  /** Last changed before this time. */
  updatedBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Last changed at this time or later. */
  updatedFrom?: InputMaybe<Scalars['DateTime']['input']>;
};

/** Orders of a list of documents. */
export type DocumentOrder =
  /** Oldest first. */
  | 'CREATED_AT_ASC'
  /** Newest first. */
  | 'CREATED_AT_DESC'
  /** By file name, in the order of text: capitals first. */
  | 'NAME_ASC'
  /** By file name, backwards. */
  | 'NAME_DESC'
  /** Longest unchanged first. */
  | 'UPDATED_AT_ASC'
  /** Last changed first. */
  | 'UPDATED_AT_DESC';

/** Whether a document's file is there. */
export type DocumentStatus =
  /** It can be downloaded. */
  | 'AVAILABLE'
  /** No file has been uploaded. */
  | 'PENDING';

/** One version of a document. */
export type DocumentVersion = FirmOwned & Node & {
  /** Who made it. */
  author?: Maybe<User>;
  /** Bucket of the file's object. */
  bucket?: Maybe<Scalars['String']['output']>;
  /** Size of the file in whole bytes; null as long as there is none. */
  byteSize?: Maybe<Scalars['Float']['output']>;
  /** What is different from the version before. */
  changeSummary?: Maybe<Scalars['String']['output']>;
  /** When it was made. */
  createdAt: Scalars['DateTime']['output'];
  /** The document. */
  document?: Maybe<Document>;
  /** The firm that the version belongs to. */
  firmId: Scalars['ID']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** 1, 2, 3 … within its document. */
  number: Scalars['Int']['output'];
  /** Key of the file's object. */
  objectKey?: Maybe<Scalars['String']['output']>;
  /** Grows by one with each change; a change names the one it has seen. */
  revision: Scalars['Int']['output'];
  /** SHA-256 of the file before it was encrypted, in hex. */
  sha256?: Maybe<Scalars['String']['output']>;
  /** When it was last changed. */
  updatedAt: Scalars['DateTime']['output'];
};

/** A firm whose content Firmseal keeps. */
export type Firm = Node & {
  /** What the firm has to say to leases on its content; for its owners, operators and approvers, null for others. */
  accessPolicy?: Maybe<FirmAccessPolicy>;
  /** When the firm was created. */
  createdAt: Scalars['DateTime']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** The open invitations, newest first, at most 100; for its owners, null for others. */
  invitations?: Maybe<Array<Invitation>>;
  /** The firm's people, its portal users among them, in the order in which they came; null for a portal client. */
  members?: Maybe<UserConnection>;
  /** The firm's name. */
  name: Scalars['String']['output'];
  /** The way to a new owner, while the firm is on it; null otherwise, and for a portal client. */
  ownerRecovery?: Maybe<OwnerRecovery>;
  /** Grows by one with each change. */
  revision: Scalars['Int']['output'];
  /** Where new members must come from; for its owners, null for others. */
  signIn?: Maybe<FirmSignIn>;
  /** Short name for addresses and commands. */
  slug: Scalars['String']['output'];
  /** Whether the firm's members may work. */
  status: FirmStatus;
};


/** A firm whose content Firmseal keeps. */
export type FirmMembersArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};

/** What a firm has to say to leases on its content. */
export type FirmAccessPolicy = {
  /** How many persons of the platform must agree. */
  approvers: Scalars['Int']['output'];
  /** What the firm does. */
  policy: FirmPolicy;
};

/** A page of firms. */
export type FirmConnection = {
  /** The firms of the page with their cursors. */
  edges: Array<FirmEdge>;
  /** The firms of the page. */
  nodes: Array<Firm>;
  /** Where the page lies. */
  pageInfo: PageInfo;
  /** How many there are in the whole list; counted only when asked. */
  totalCount: Scalars['Int']['output'];
};

/** A firm in a list. */
export type FirmEdge = {
  /** Names the place in the list. */
  cursor: Scalars['String']['output'];
  /** The firm. */
  node: Firm;
};

/** A job on the firm's keys or content: what was asked for, and what has come of it. */
export type FirmJob = {
  /** When it was asked for. */
  askedAt: Scalars['DateTime']['output'];
  /** Class of the data keys that it is about; null: the wrapping key, or all. */
  class?: Maybe<FirmKeyClass>;
  /** Values or keys that are done. */
  done: Scalars['Float']['output'];
  /** When it ended; null until then. */
  endedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Values that did not open, and stay as they are. */
  failed: Scalars['Float']['output'];
  /** The firm that it is about. */
  firmId: Scalars['ID']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** What it does. */
  kind: JobKind;
  /** Whose yes it needs beside whoever asked; null: nobody's. */
  needs?: Maybe<JobConsent>;
  /** SHA-256 of all that was asked for, in hex: what approveJob agrees to. */
  requestHash: Scalars['String']['output'];
  /** How far it is. */
  state: JobState;
  /** What it is about beside a class: a coordinate, or a record's id. */
  subject?: Maybe<Scalars['String']['output']>;
  /** The rest of what was asked for, as the kind has it: for BRING, the ARN of the key; for ESCROW, holders and threshold. */
  terms?: Maybe<Scalars['String']['output']>;
  /** Values or keys to be done, as they were counted last; null: not counted yet. */
  total?: Maybe<Scalars['Float']['output']>;
  /** Why it failed, or why it does not get on now, in a word. */
  trouble?: Maybe<Scalars['String']['output']>;
  /** Which version of the data key, where the kind is about one. */
  version?: Maybe<Scalars['Int']['output']>;
};

/** A version of a data key of a firm: under it, values of one class are sealed. Never key material. */
export type FirmKey = {
  /** What is sealed under it: content of a class, or proofs of rights. */
  class: FirmKeyClass;
  /** When it was made. */
  createdAt: Scalars['DateTime']['output'];
  /** The firm whose key it is. */
  firmId: Scalars['ID']['output'];
  /** Whether it is wrapped under a key that the firm has brought. */
  isOwn: Scalars['Boolean']['output'];
  /** Since when it is in that state. */
  ownKeySince?: Maybe<Scalars['DateTime']['output']>;
  /** What a worker last saw of that key; null for one made by the platform, and before the first look. */
  ownKeyState?: Maybe<OwnKeyState>;
  /** Values that were sealed under it, or reserved to be: never less than there are. */
  sealed: Scalars['Float']['output'];
  /** What it does. */
  state: FirmKeyState;
  /** 1, 2, 3 … within the class. */
  version: Scalars['Int']['output'];
};

/** What a data key is for. */
export type FirmKeyClass =
  /** Content of invoices, line items and time entries. */
  | 'BILLING'
  /** Content of messages and comments. */
  | 'COMMUNICATION'
  /** Content of documents, and their files. */
  | 'DOCUMENT'
  /** What jobs on the firm's content have to keep secret. */
  | 'JOB'
  /** Content of notes. */
  | 'NOTE'
  /** Proofs of rows that give rights. */
  | 'RIGHTS';

/** What a version of a data key does. */
export type FirmKeyState =
  /** Seals and opens; one version of each class. */
  | 'ACTIVE'
  /** Is gone for good, and whatever was under it. */
  | 'DESTROYED'
  /** Opens nothing, until it is enabled. */
  | 'DISABLED'
  /** Opens what was sealed under it. */
  | 'RETIRED';

/** Orders of a list of firms. */
export type FirmOrder =
  /** Oldest first. */
  | 'CREATED_AT_ASC'
  /** Newest first. */
  | 'CREATED_AT_DESC'
  /** By slug, A to Z. */
  | 'SLUG_ASC'
  /** By slug, Z to A. */
  | 'SLUG_DESC';

/** An object that belongs to exactly one firm. Each of its fields is either @encrypted or @metadata. */
export type FirmOwned = {
  /** The firm that the object belongs to. */
  firmId: Scalars['ID']['output'];
};

/** What a firm does about a lease on its content. */
export type FirmPolicy =
  /** One of its owners must agree. */
  | 'APPROVE'
  /** It takes no requests. */
  | 'NEVER'
  /** Its owners are told. */
  | 'NOTIFY';

/** What somebody may do in a firm. */
export type FirmRole =
  /** A customer of the firm: sees what is shared with them. */
  | 'CLIENT'
  /** Reads and writes the firm's content. */
  | 'MEMBER'
  /** Everything, members, keys and the audit log included. */
  | 'OWNER';

/** Where new members of a firm must come from. Empty lists: from anywhere. */
export type FirmSignIn = {
  /** What may stand behind the @ of an address that is invited. If any, who accepts must sign in with a token that has the invited address as verified (email, email_verified). */
  domains: Array<Scalars['String']['output']>;
  /** Token issuers whose accounts may join. */
  issuers: Array<Scalars['String']['output']>;
};

/** Whether a firm's members may work. */
export type FirmStatus =
  /** Open. */
  | 'ACTIVE'
  /** Its content, keys and people are gone for good, or are going. */
  | 'ERASED'
  /** Its members' tokens are refused; nothing is deleted. */
  | 'SUSPENDED';

/** A person whom an owner wants in the firm, until they accept, it is revoked or its time is over. */
export type Invitation = {
  /** The client whom the person is to be of, for CLIENT. */
  clientId?: Maybe<Scalars['ID']['output']>;
  /** When it was made. */
  createdAt: Scalars['DateTime']['output'];
  /** The e-mail address that was given. */
  email: Scalars['String']['output'];
  /** Until when it can be accepted: seven days, by the database's clock. */
  expiresAt: Scalars['DateTime']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** Which owner wants it; it is over when they are no owner any more. */
  invitedBy?: Maybe<User>;
  /** Whether the platform's webhook gets the link. */
  isSent: Scalars['Boolean']['output'];
  /** The name that was given. */
  name: Scalars['String']['output'];
  /** What the person is to do. */
  role: FirmRole;
};

/** Whom an owner wants in the firm. */
export type InviteMemberInput = {
  /** The client whom the person is of: for CLIENT, and only for CLIENT. */
  clientId?: InputMaybe<Scalars['ID']['input']>;
  /** The person's e-mail address: no one present in the firm has it. */
  email: Scalars['String']['input'];
  /** The person's name, on one line. */
  name: Scalars['String']['input'];
  /** What the person may do. */
  role: FirmRole;
  /** Whether the platform's webhook, where there is one, gets the link too, to pass it on. Who reads what it gets can use the link unless the firm is bound to domains: false, if you pass the link on yourself. */
  send?: InputMaybe<Scalars['Boolean']['input']>;
};

/** The invitation, and its link, which is shown this once. */
export type InviteMemberPayload = {
  /** The invitation. */
  invitation: Invitation;
  /** The link, a path of the web app: who has it may take the place. What stands behind # is sent to no server. */
  path: Scalars['String']['output'];
};

/** An invoice of a firm. */
export type Invoice = FirmOwned & Node & {
  /** What is still to be paid. */
  amountDue?: Maybe<Scalars['Decimal']['output']>;
  /** Who made it. */
  author?: Maybe<User>;
  /** The client it is for. */
  client?: Maybe<Client>;
  /** What the firm's people say about it; nothing for a portal client. */
  comments?: Maybe<CommentConnection>;
  /** When it was made. */
  createdAt: Scalars['DateTime']['output'];
  /** ISO 4217 code of the currency. */
  currency: Scalars['String']['output'];
  /** When it is to be paid. */
  dueAt?: Maybe<Scalars['DateTime']['output']>;
  /** The firm that the invoice belongs to. */
  firmId: Scalars['ID']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** When it was issued; null for a draft. */
  issuedAt?: Maybe<Scalars['DateTime']['output']>;
  /** What is asked money for, in order, at most 200. */
  lineItems: Array<InvoiceLineItem>;
  /** What it says beside its items. */
  memo?: Maybe<Scalars['String']['output']>;
  /** Its number, unique in the firm. */
  number: Scalars['String']['output'];
  /** Grows by one with each change; a change names the one it has seen. */
  revision: Scalars['Int']['output'];
  /** The clients it is shared with, at most 100; a portal client sees itself only. */
  sharedWith: Array<Client>;
  /** Where it stands. */
  status: InvoiceStatus;
  /** What is asked for, as the firm says; the items are not summed up. */
  total?: Maybe<Scalars['Decimal']['output']>;
  /** When it was last changed. */
  updatedAt: Scalars['DateTime']['output'];
};


/** An invoice of a firm. */
export type InvoiceCommentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<CommentOrder>;
};

/** A page of invoices. */
export type InvoiceConnection = {
  /** The invoices of the page with their cursors. */
  edges: Array<InvoiceEdge>;
  /** The invoices of the page. */
  nodes: Array<Invoice>;
  /** Where the page lies. */
  pageInfo: PageInfo;
  /** How many there are in the whole list; counted only when asked. */
  totalCount: Scalars['Int']['output'];
};

/** An invoice in a list. */
export type InvoiceEdge = {
  /** Names the place in the list. */
  cursor: Scalars['String']['output'];
  /** The invoice. */
  node: Invoice;
};

/** Which invoices, by metadata only. */
export type InvoiceFilter = {
  /** Made by this user. */
  authorId?: InputMaybe<Scalars['ID']['input']>;
  /** For this client. */
  clientId?: InputMaybe<Scalars['ID']['input']>;
  /** Made before this time. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Made at this time or later. */
  createdFrom?: InputMaybe<Scalars['DateTime']['input']>;
  /** To be paid before this time. */
  dueBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** To be paid at this time or later. */
  dueFrom?: InputMaybe<Scalars['DateTime']['input']>;
  /** Issued before this time. */
  issuedBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Issued at this time or later. */
  issuedFrom?: InputMaybe<Scalars['DateTime']['input']>;
  /** With this number. */
  number?: InputMaybe<Scalars['String']['input']>;
  /** Shared with this client. */
  sharedWithId?: InputMaybe<Scalars['ID']['input']>;
  /** Where they stand. */
  status?: InputMaybe<InvoiceStatus>;
  /** Last changed before this time. */
  updatedBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Last changed at this time or later. */
  updatedFrom?: InputMaybe<Scalars['DateTime']['input']>;
};

/** One line of an invoice. */
export type InvoiceLineItem = FirmOwned & Node & {
  /** When it was made. */
  createdAt: Scalars['DateTime']['output'];
  /** What was done or delivered. */
  description?: Maybe<Scalars['String']['output']>;
  /** The firm that the line item belongs to. */
  firmId: Scalars['ID']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** The invoice. */
  invoice?: Maybe<Invoice>;
  /** 1, 2, 3 … within its invoice. */
  position: Scalars['Int']['output'];
  /** How many or how much. */
  quantity?: Maybe<Scalars['Decimal']['output']>;
  /** Grows by one with each change; a change names the one it has seen. */
  revision: Scalars['Int']['output'];
  /** What one costs, in the invoice's currency. */
  unitAmount?: Maybe<Scalars['Decimal']['output']>;
  /** When it was last changed. */
  updatedAt: Scalars['DateTime']['output'];
};

/** One line of an invoice; its position is that in the list. */
export type InvoiceLineItemInput = {
  /** What was done or delivered. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** How many or how much. */
  quantity?: InputMaybe<Scalars['Decimal']['input']>;
  /** What one costs, in the invoice's currency. */
  unitAmount?: InputMaybe<Scalars['Decimal']['input']>;
};

/** Orders of a list of invoices. */
export type InvoiceOrder =
  /** Oldest first. */
  | 'CREATED_AT_ASC'
  /** Newest first. */
  | 'CREATED_AT_DESC'
  /** By number, in the order of text. */
  | 'NUMBER_ASC'
  /** By number, backwards. */
  | 'NUMBER_DESC'
  /** Longest unchanged first. */
  | 'UPDATED_AT_ASC'
  /** Last changed first. */
  | 'UPDATED_AT_DESC';

/** Where an invoice stands. A portal client sees it from ISSUED on. */
export type InvoiceStatus =
  /** In the making; only the firm sees it, whoever it is shared with. */
  | 'DRAFT'
  /** Sent to the client. */
  | 'ISSUED'
  /** Nothing is to be paid any more. */
  | 'PAID'
  /** Not valid any more. */
  | 'VOID';

/** Whose yes a job needs beside whoever asks for it. */
export type JobConsent =
  /** Another approver of the platform. */
  | 'APPROVER'
  /** An owner of the firm. */
  | 'OWNER';

/** What a job does. */
export type JobKind =
  /** Has someone operate the platform who agrees to nothing. */
  | 'ADD_OPERATOR'
  /** Has someone agree to leases and jobs for the platform, 72 hours after another approver has agreed, or 24 where both have been approvers for over 30 days; or has anyone operate it, while it has no two approvers who count as two. The owners of all firms are told. */
  | 'APPOINT'
  /** Seals values that are only in the clear, beside them. */
  | 'BACKFILL'
  /** Puts all data keys of the firm under a key that the firm brings, and lets go of the one before. */
  | 'BRING'
  /** Removes values in the clear that were found the same as what is sealed. */
  | 'CLEAR'
  /** Removes what is in the clear, of all firms. */
  | 'CONTRACT'
  /** Takes a key that nothing is under out of the database, for good. */
  | 'DESTROY'
  /** Closes what is under a key, until it is enabled. */
  | 'DISABLE'
  /** Rehearses that, and changes nothing. */
  | 'DRILL'
  /** Opens it again. */
  | 'ENABLE'
  /** Erases the firm, a client of it or a record, for good; until it begins it can be called off. */
  | 'ERASE'
  /** Writes the firm's data keys into an escrow for the case that the key service is lost: only holders of shares open it together. Where firmJobs does not list the job, it is on the platform's own keys, which sign the log and prove rights; so it is with RECOVER and DRILL. */
  | 'ESCROW'
  /** Puts all data keys of the firm under a new key of the platform's, and lets go of the firm's own. */
  | 'GIVE_BACK'
  /** Brings a column of plaintext into the next phase on its way into a sealed one, of all firms at once. */
  | 'MOVE'
  /** Brings the firm's data keys back from an escrow, when enough holders have given their shares. */
  | 'RECOVER'
  /** Seals what is under older versions of a data key anew, under the newest. */
  | 'REENCRYPT'
  /** Wraps the data keys anew, under the wrapping key as it is now. */
  | 'REWRAP'
  /** Makes another version of a data key, or of the wrapping key. */
  | 'ROTATE'
  /** Opens every value and compares it with the one in the clear. */
  | 'VERIFY';

/** How far a job is. */
export type JobState =
  /** It was called off; what was done stays. */
  | 'CANCELLED'
  /** All of it is done. */
  | 'DONE'
  /** It can't be done, or not all of it; what was done stays. */
  | 'FAILED'
  /** It waits for a worker. */
  | 'QUEUED'
  /** A worker is at it. */
  | 'RUNNING'
  /** It waits for a second person: another approver of the platform, or an owner of the firm. */
  | 'WAITING';

/** Somebody's yes to exactly one request. */
export type LeaseApproval = {
  /** When it was given. */
  approvedAt: Scalars['DateTime']['output'];
  /** The hash of the request that it is for. */
  requestHash: Scalars['String']['output'];
  /** For whom it was given. */
  side: LeaseSide;
  /** Who gave it; null for a firm's people who ask for somebody of the platform. */
  user?: Maybe<User>;
  /** The account that gave it. */
  userId: Scalars['ID']['output'];
};

/** A move of a lease from one state to the next. */
export type LeaseEvent = {
  /** The account that moved it; null for the program itself. */
  actorId?: Maybe<Scalars['ID']['output']>;
  /** When. */
  at: Scalars['DateTime']['output'];
  /** The state before; null for the request. */
  fromState?: Maybe<LeaseState>;
  /** The state after. */
  toState: LeaseState;
};

/** What one request opened under a lease, as the audit log has it. */
export type LeaseOpening = {
  /** When the process wrote it, by its own clock. */
  at: Scalars['DateTime']['output'];
  /** The fields, as Type.field. */
  coordinates: Array<Scalars['String']['output']>;
  /** The entry of the audit log. */
  id: Scalars['ID']['output'];
  /** Ids of the records. */
  recordIds: Array<Scalars['ID']['output']>;
  /** The server's id of the request. */
  requestId?: Maybe<Scalars['ID']['output']>;
};

/** A page of what was opened under a lease. */
export type LeaseOpeningConnection = {
  /** The openings of the page with their cursors. */
  edges: Array<LeaseOpeningEdge>;
  /** The openings of the page. */
  nodes: Array<LeaseOpening>;
  /** Where the page lies. */
  pageInfo: PageInfo;
  /** How many there are in the whole list; counted only when asked. */
  totalCount: Scalars['Int']['output'];
};

/** An opening in a list. */
export type LeaseOpeningEdge = {
  /** Names the place in the list. */
  cursor: Scalars['String']['output'];
  /** The opening. */
  node: LeaseOpening;
};

/** What a lease is for. */
export type LeasePurpose =
  /** The firm has asked for help. */
  | 'CUSTOMER_SUPPORT'
  /** Something is broken. */
  | 'INCIDENT'
  /** A court or an authority demands it. */
  | 'LEGAL_PROCESS'
  /** The security of the platform is examined. */
  | 'SECURITY_REVIEW';

/** For whom somebody agrees to a lease. */
export type LeaseSide =
  /** The firm: one of its owners. */
  | 'FIRM'
  /** The platform: an approver. */
  | 'PLATFORM';

/** How far a lease has come. From EXPIRED on it has ended, and stays so. */
export type LeaseState =
  /** The broker looks at every yes again, and makes the grants. */
  | 'ACTIVATING'
  /** Content can be read under it. */
  | 'ACTIVE'
  /** Everybody who must has agreed; who asked can activate it. */
  | 'APPROVED'
  /** Who asked took the request back. */
  | 'CANCELLED'
  /** Somebody said no to the request. */
  | 'DENIED'
  /** Its budget is used up. */
  | 'EXHAUSTED'
  /** Its minutes are over. */
  | 'EXPIRED'
  /** Nobody decided, or used it, for 24 hours. */
  | 'LAPSED'
  /** Who asked gave it back. */
  | 'RELEASED'
  /** It waits for who must agree. */
  | 'REQUESTED'
  /** It was taken away: by the firm, by the platform, by a tighter policy, or by the broker, which found something missing. */
  | 'REVOKED';

/** What somebody wrote in a thread. */
export type Message = FirmOwned & Node & {
  /** Who wrote it. */
  author?: Maybe<User>;
  /** The text. */
  body?: Maybe<Scalars['String']['output']>;
  /** What the firm's people say about it; nothing for a portal client. */
  comments?: Maybe<CommentConnection>;
  /** When it was written. */
  createdAt: Scalars['DateTime']['output'];
  /** The firm that the message belongs to. */
  firmId: Scalars['ID']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** Grows by one with each change; a change names the one it has seen. */
  revision: Scalars['Int']['output'];
  /** What it is about. */
  subject?: Maybe<Scalars['String']['output']>;
  /** The thread. */
  thread?: Maybe<Thread>;
  /** When it was last changed. */
  updatedAt: Scalars['DateTime']['output'];
};


/** What somebody wrote in a thread. */
export type MessageCommentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<CommentOrder>;
};

/** A page of messages. */
export type MessageConnection = {
  /** The messages of the page with their cursors. */
  edges: Array<MessageEdge>;
  /** The messages of the page. */
  nodes: Array<Message>;
  /** Where the page lies. */
  pageInfo: PageInfo;
  /** How many there are in the whole list; counted only when asked. */
  totalCount: Scalars['Int']['output'];
};

/** A message in a list. */
export type MessageEdge = {
  /** Names the place in the list. */
  cursor: Scalars['String']['output'];
  /** The message. */
  node: Message;
};

/** Which messages, by metadata only. */
export type MessageFilter = {
  /** Written by this user. */
  authorId?: InputMaybe<Scalars['ID']['input']>;
  /** Written before this time. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Written at this time or later. */
  createdFrom?: InputMaybe<Scalars['DateTime']['input']>;
  /** Last changed before this time. */
  updatedBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Last changed at this time or later. */
  updatedFrom?: InputMaybe<Scalars['DateTime']['input']>;
};

/** Orders of a list of messages. */
export type MessageOrder =
  /** Oldest first. */
  | 'CREATED_AT_ASC'
  /** Newest first. */
  | 'CREATED_AT_DESC'
  /** Longest unchanged first. */
  | 'UPDATED_AT_ASC'
  /** Last changed first. */
  | 'UPDATED_AT_DESC';

/** What can be changed. Every change is recorded before it is committed. */
export type Mutation = {
  /** Takes the place that an invitation is for, for the person who is signed in: without an account here, or let go by their firm. A person belongs to one firm at a time. All owners get a notice. The only field of its request. */
  acceptInvitation?: Maybe<AcceptInvitationPayload>;
  /** Says that the caller has taken notice of an alert: who caused it can't. What happens afterwards opens another. On record. */
  acknowledgeAlert?: Maybe<AcknowledgeAlertPayload>;
  /** Has one's own approved lease activated. Waits up to five seconds for the broker; a lease that is still ACTIVATING then is to be looked at again. */
  activateBreakGlass?: Maybe<BreakGlassLeasePayload>;
  /** Agrees to a request, for the firm or for the platform, as the caller is. It needs a sign-in of the last five minutes that the token tells, and another person than the one who asked. */
  approveBreakGlass?: Maybe<BreakGlassLeasePayload>;
  /** An owner's yes to a job that waits for it, with a sign-in of the last five minutes that the token tells: a worker does it then. */
  approveJob?: Maybe<ApproveJobPayload>;
  /** Takes one's own request back. */
  cancelBreakGlass?: Maybe<BreakGlassLeasePayload>;
  /** Calls off the recovery of the owner's firm: the platform must begin again. */
  cancelOwnerRecovery?: Maybe<CancelOwnerRecoveryPayload>;
  /** Makes a new client. */
  createClient?: Maybe<CreateClientPayload>;
  /** Writes a comment. */
  createComment?: Maybe<CreateCommentPayload>;
  /** Makes a new document. */
  createDocument?: Maybe<CreateDocumentPayload>;
  /** Makes the next version of a document; a portal client of one that is shared with it. */
  createDocumentVersion?: Maybe<CreateDocumentVersionPayload>;
  /** Makes a path by which a browser fetches a file once. */
  createDownload?: Maybe<CreateDownloadPayload>;
  /** Makes a new invoice. */
  createInvoice?: Maybe<CreateInvoicePayload>;
  /** Writes a message in a thread; a portal client in one that is shared with it. */
  createMessage?: Maybe<CreateMessagePayload>;
  /** Writes a new note. */
  createNote?: Maybe<CreateNotePayload>;
  /** Begins a thread. */
  createThread?: Maybe<CreateThreadPayload>;
  /** Makes a new time entry. */
  createTimeEntry?: Maybe<CreateTimeEntryPayload>;
  /** Removes a comment's content for good; its id stays taken. */
  deleteComment?: Maybe<DeleteCommentPayload>;
  /** Removes a document's content, its versions' and its comments', for good; its id stays taken. */
  deleteDocument?: Maybe<DeleteDocumentPayload>;
  /** Removes an invoice's content, its items' and its comments', for good; its id stays taken, its number doesn't. */
  deleteInvoice?: Maybe<DeleteInvoicePayload>;
  /** Removes a message's content, and its comments', for good; its id stays taken. */
  deleteMessage?: Maybe<DeleteMessagePayload>;
  /** Removes a note's content, and its comments', for good; its id stays taken. */
  deleteNote?: Maybe<DeleteNotePayload>;
  /** Removes a time entry's content for good; its id stays taken. */
  deleteTimeEntry?: Maybe<DeleteTimeEntryPayload>;
  /** Says no to a request, for the firm or for the platform, as the caller is. */
  denyBreakGlass?: Maybe<BreakGlassLeasePayload>;
  /** An owner's no to a job that waits for their yes: it is called off. */
  denyJob?: Maybe<DenyJobPayload>;
  /** Invites a person into the owner's firm, by a link that can be used once within seven days. For an OWNER by a sign-in of the last five minutes. All owners get a notice. */
  inviteMember?: Maybe<InviteMemberPayload>;
  /** Gives one's own lease back before its time. */
  releaseBreakGlass?: Maybe<BreakGlassLeasePayload>;
  /** Takes a member out of the firm, from their next request on; what they wrote stays. The last owner can't be removed; removing another owner needs a sign-in of the last five minutes. All owners get a notice. */
  removeMember?: Maybe<RemoveMemberPayload>;
  /** Asks for a lease on one firm's content. The firm's owners get a notice; nothing can be read before others have agreed. */
  requestBreakGlass?: Maybe<BreakGlassLeasePayload>;
  /** Signs off an ended lease, as a person who neither asked for it nor agreed. It needs a sign-in of the last five minutes that the token tells. */
  reviewBreakGlass?: Maybe<BreakGlassLeasePayload>;
  /** Takes a lease away, for the firm or for the platform, as the caller is. Once it is answered, nothing more is opened under the lease. */
  revokeBreakGlass?: Maybe<BreakGlassLeasePayload>;
  /** Ends an invitation of the owner's firm. All owners get a notice. */
  revokeInvitation?: Maybe<RevokeInvitationPayload>;
  /** Asks for another version of a data key of the owner's firm, under which everything is sealed from then on. A worker makes it; all owners get a notice. */
  rotateFirmKey?: Maybe<RotateFirmKeyPayload>;
  /** Says what the owner's firm does about leases. A tighter policy revokes those that were agreed to; a looser one needs a sign-in of the last five minutes that the token tells. All owners get a notice. */
  setFirmAccessPolicy?: Maybe<SetFirmAccessPolicyPayload>;
  /** Says where new members of the owner's firm must come from; needs a sign-in of the last five minutes. A change ends all open invitations: invite again. All owners get a notice. */
  setFirmSignIn?: Maybe<SetFirmSignInPayload>;
  /** Changes what a member may do in the firm, from their next request on. The last owner stays one. Making someone an owner, or no longer one, needs a sign-in of the last five minutes. All owners get a notice. */
  setMemberRole?: Maybe<SetMemberRolePayload>;
  /** Lets a client's portal users see a document, a thread or an issued invoice, from their next request on. Sharing it again changes nothing. */
  shareWithClient?: Maybe<ShareWithClientPayload>;
  /** Takes it back, from their next request on. */
  unshareWithClient?: Maybe<UnshareWithClientPayload>;
  /** Changes a client; what is left out stays. */
  updateClient?: Maybe<UpdateClientPayload>;
  /** Changes a comment; what is left out stays. */
  updateComment?: Maybe<UpdateCommentPayload>;
  /** Changes a document; what is left out stays. */
  updateDocument?: Maybe<UpdateDocumentPayload>;
  /** Changes an invoice; what is left out stays. */
  updateInvoice?: Maybe<UpdateInvoicePayload>;
  /** Changes a message; what is left out stays. */
  updateMessage?: Maybe<UpdateMessagePayload>;
  /** Changes a note; what is left out stays. */
  updateNote?: Maybe<UpdateNotePayload>;
  /** Changes a time entry; what is left out stays. */
  updateTimeEntry?: Maybe<UpdateTimeEntryPayload>;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationAcceptInvitationArgs = {
  input: AcceptInvitationInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationAcknowledgeAlertArgs = {
  input: AcknowledgeAlertInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationActivateBreakGlassArgs = {
  leaseId: Scalars['ID']['input'];
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationApproveBreakGlassArgs = {
  leaseId: Scalars['ID']['input'];
  requestHash: Scalars['String']['input'];
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationApproveJobArgs = {
  input: ApproveJobInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationCancelBreakGlassArgs = {
  leaseId: Scalars['ID']['input'];
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationCreateClientArgs = {
  input: CreateClientInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationCreateCommentArgs = {
  input: CreateCommentInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationCreateDocumentArgs = {
  input: CreateDocumentInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationCreateDocumentVersionArgs = {
  input: CreateDocumentVersionInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationCreateDownloadArgs = {
  input: CreateDownloadInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationCreateInvoiceArgs = {
  input: CreateInvoiceInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationCreateMessageArgs = {
  input: CreateMessageInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationCreateNoteArgs = {
  input: CreateNoteInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationCreateThreadArgs = {
  input: CreateThreadInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationCreateTimeEntryArgs = {
  input: CreateTimeEntryInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationDeleteCommentArgs = {
  input: DeleteCommentInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationDeleteDocumentArgs = {
  input: DeleteDocumentInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationDeleteInvoiceArgs = {
  input: DeleteInvoiceInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationDeleteMessageArgs = {
  input: DeleteMessageInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationDeleteNoteArgs = {
  input: DeleteNoteInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationDeleteTimeEntryArgs = {
  input: DeleteTimeEntryInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationDenyBreakGlassArgs = {
  leaseId: Scalars['ID']['input'];
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationDenyJobArgs = {
  input: DenyJobInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationInviteMemberArgs = {
  input: InviteMemberInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationReleaseBreakGlassArgs = {
  leaseId: Scalars['ID']['input'];
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationRemoveMemberArgs = {
  input: RemoveMemberInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationRequestBreakGlassArgs = {
  input: RequestBreakGlassInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationReviewBreakGlassArgs = {
  leaseId: Scalars['ID']['input'];
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationRevokeBreakGlassArgs = {
  leaseId: Scalars['ID']['input'];
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationRevokeInvitationArgs = {
  input: RevokeInvitationInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationRotateFirmKeyArgs = {
  input: RotateFirmKeyInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationSetFirmAccessPolicyArgs = {
  input: SetFirmAccessPolicyInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationSetFirmSignInArgs = {
  input: SetFirmSignInInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationSetMemberRoleArgs = {
  input: SetMemberRoleInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationShareWithClientArgs = {
  input: ShareWithClientInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationUnshareWithClientArgs = {
  input: UnshareWithClientInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationUpdateClientArgs = {
  input: UpdateClientInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationUpdateCommentArgs = {
  input: UpdateCommentInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationUpdateDocumentArgs = {
  input: UpdateDocumentInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationUpdateInvoiceArgs = {
  input: UpdateInvoiceInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationUpdateMessageArgs = {
  input: UpdateMessageInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationUpdateNoteArgs = {
  input: UpdateNoteInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationUpdateTimeEntryArgs = {
  input: UpdateTimeEntryInput;
};

/** An object that can be fetched by its id alone. */
export type Node = {
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
};

/** A note of a firm. */
export type Note = FirmOwned & Node & {
  /** Who wrote it. */
  author?: Maybe<User>;
  /** The text. */
  body?: Maybe<Scalars['String']['output']>;
  /** What the firm's people say about it; nothing for a portal client. */
  comments?: Maybe<CommentConnection>;
  /** When it was written. */
  createdAt: Scalars['DateTime']['output'];
  /** The firm that the note belongs to. */
  firmId: Scalars['ID']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** Grows by one with each change; a change names the one it has seen. */
  revision: Scalars['Int']['output'];
  /** What it is about. */
  title?: Maybe<Scalars['String']['output']>;
  /** When it was last changed. */
  updatedAt: Scalars['DateTime']['output'];
};


/** A note of a firm. */
export type NoteCommentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<CommentOrder>;
};

/** A page of notes. */
export type NoteConnection = {
  /** The notes of the page with their cursors. */
  edges: Array<NoteEdge>;
  /** The notes of the page. */
  nodes: Array<Note>;
  /** Where the page lies. */
  pageInfo: PageInfo;
  /** How many there are in the whole list; counted only when asked. */
  totalCount: Scalars['Int']['output'];
};

/** A note in a list. */
export type NoteEdge = {
  /** Names the place in the list. */
  cursor: Scalars['String']['output'];
  /** The note. */
  node: Note;
};

/** Which notes, by metadata only. */
export type NoteFilter = {
  /** Written by this user. */
  authorId?: InputMaybe<Scalars['ID']['input']>;
  /** Written before this time. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Written at this time or later. */
  createdFrom?: InputMaybe<Scalars['DateTime']['input']>;
  /** Last changed before this time. */
  updatedBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Last changed at this time or later. */
  updatedFrom?: InputMaybe<Scalars['DateTime']['input']>;
};

/** Orders of a list of notes. */
export type NoteOrder =
  /** Oldest first. */
  | 'CREATED_AT_ASC'
  /** Newest first. */
  | 'CREATED_AT_DESC'
  /** Longest unchanged first. */
  | 'UPDATED_AT_ASC'
  /** Last changed first. */
  | 'UPDATED_AT_DESC';

/** Something that a firm's own people must know, its portal clients not: a change of who may do what, or a step of the platform's people towards the firm's content. */
export type Notice = Node & {
  /** Who did it; null for the platform's people. */
  actor?: Maybe<User>;
  /** When it happened. */
  createdAt: Scalars['DateTime']['output'];
  /** How far the sending of it to the platform's webhook has come, for owners; null where there was no webhook when it happened. */
  delivery?: Maybe<NoticeDelivery>;
  /** The firm that it is for. */
  firmId: Scalars['ID']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** Which invitation it is about; null where it is about none. */
  invitationId?: Maybe<Scalars['ID']['output']>;
  /** Which job on the firm's keys or content it is about; null where it is about none. */
  jobId?: Maybe<Scalars['ID']['output']>;
  /** What that job does. */
  jobKind?: Maybe<JobKind>;
  /** What that job had come to. */
  jobState?: Maybe<JobState>;
  /** The state that the key which the firm has brought is in since; null where it is about none. */
  keyState?: Maybe<OwnKeyState>;
  /** What happened. */
  kind: NoticeKind;
  /** When the last of these was; null where it stands for itself alone. */
  lastAt?: Maybe<Scalars['DateTime']['output']>;
  /** Which break-glass lease it is about; null where it is about none. */
  leaseId?: Maybe<Scalars['ID']['output']>;
  /** How many more of its kind this notice stands for. When the same happens more than three times within an hour, the first three are notices and the rest are counted here. Counted so are a person's requests for leases or jobs and what they came to, readings under one lease, an owner's invitations to one role (of one person or of several), what an owner does to the same person, and recoveries of an owner that are asked for and called off. Never only counted are a person who joins, a change of the policy or of who may join, and what is agreed to. auditEntries lists them all. */
  repeats: Scalars['Int']['output'];
  /** The role that they have since, or are to have. */
  role?: Maybe<FirmRole>;
  /** Whom it is about. */
  user?: Maybe<User>;
};

/** A page of notices. */
export type NoticeConnection = {
  /** The notices of the page with their cursors. */
  edges: Array<NoticeEdge>;
  /** The notices of the page. */
  nodes: Array<Notice>;
  /** Where the page lies. */
  pageInfo: PageInfo;
  /** How many there are in the whole list; counted only when asked. */
  totalCount: Scalars['Int']['output'];
};

/** How far the sending of a notice has come. It is sent until it is taken. */
export type NoticeDelivery = {
  /** How often it was tried. */
  attempts: Scalars['Int']['output'];
  /** When the receiver took it; null until then. */
  deliveredAt?: Maybe<Scalars['DateTime']['output']>;
  /** When it is tried next, at the earliest; null once it is taken. */
  nextAttemptAt?: Maybe<Scalars['DateTime']['output']>;
  /** What the last attempt came to: the status of the receiver's answer, or a word for why there was none, such as TIMEOUT. */
  outcome?: Maybe<Scalars['String']['output']>;
};

/** A notice in a list. */
export type NoticeEdge = {
  /** Names the place in the list. */
  cursor: Scalars['String']['output'];
  /** The notice. */
  node: Notice;
};

/** What a notice tells. */
export type NoticeKind =
  /** An owner changed what the firm has to say to leases on its content. */
  | 'ACCESS_POLICY_CHANGED'
  /** An approver of the platform was disabled by another, or is one no more: fewer people decide there. The owners of all firms are told. */
  | 'APPROVER_DISABLED'
  /** An owner has ended an invitation. */
  | 'INVITATION_REVOKED'
  /** A job has ended. */
  | 'JOB_ENDED'
  /** The platform, an owner or the program asks for a job on the firm's keys or content, or has done so more often: see repeats. Of one that was only counted there is a notice of its own once it is agreed to. */
  | 'JOB_REQUESTED'
  /** The key that the firm has brought is in another state. */
  | 'KEY_STATE_CHANGED'
  /** A lease is active: content can be read under it. */
  | 'LEASE_ACTIVATED'
  /** Everybody who must has agreed to a lease; it can be activated. */
  | 'LEASE_APPROVED'
  /** A lease was denied, by the firm or by the platform. */
  | 'LEASE_DENIED'
  /** A lease has ended; nothing more is read under it. */
  | 'LEASE_ENDED'
  /** Content was read under a lease: for the first time, or 25 values more; told three times within an hour, and then counted. */
  | 'LEASE_READ'
  /** A person of the platform asks for a lease on the firm's content. More requests are counted in repeats. */
  | 'LEASE_REQUESTED'
  /** Somebody who had no part in a lease has looked at what was done under it. */
  | 'LEASE_REVIEWED'
  /** A person has joined the firm, by an invitation. */
  | 'MEMBER_ADDED'
  /** An owner has invited a person. */
  | 'MEMBER_INVITED'
  /** Somebody was taken out of the firm. */
  | 'MEMBER_REMOVED'
  /** Somebody's role was changed. */
  | 'MEMBER_ROLE_CHANGED'
  /** A second person of the platform agreed, and the firm's plane has seen it; it can be done 72 hours later. */
  | 'OWNER_RECOVERY_APPROVED'
  /** It was called off, by an owner of the firm or by the platform. */
  | 'OWNER_RECOVERY_CANCELLED'
  /** The new owner is one. */
  | 'OWNER_RECOVERY_COMPLETED'
  /** The platform was asked to make somebody an owner, because the firm has lost its own. */
  | 'OWNER_RECOVERY_REQUESTED'
  /** An owner changed where new members must come from. */
  | 'SIGN_IN_CHANGED';

/** Orders of a list of notices. */
export type NoticeOrder =
  /** Oldest first. */
  | 'CREATED_AT_ASC'
  /** Newest first. */
  | 'CREATED_AT_DESC';

/** What somebody who operates the platform may do. */
export type OperatorRole =
  /** Approves or denies leases of others. */
  | 'APPROVER'
  /** Reads the audit log. */
  | 'AUDITOR'
  /** Diagnoses with metadata. */
  | 'OPERATOR';

/** What is seen of a key that the firm has brought. It is asked for every 15 seconds. */
export type OwnKeyState =
  /** The key service gives no answer, or has too much to do: what processes have at hand serves for a minute at most. */
  | 'DEGRADED'
  /** It opens. */
  | 'HEALTHY'
  /** It opens again after it was refused, for the first minute. */
  | 'RESTORED'
  /** The key service refuses it: nothing of the firm opens. */
  | 'REVOKED';

/** A firm that has lost its last owner gets a new one: two persons of the platform, then 72 hours in which any owner can call it off. */
export type OwnerRecovery = {
  /** When the second person agreed; null until then. */
  approvedAt?: Maybe<Scalars['DateTime']['output']>;
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** When it can be done: 72 hours after the firm's plane saw it approved; null until then. */
  possibleAt?: Maybe<Scalars['DateTime']['output']>;
  /** When it was asked for. */
  requestedAt: Scalars['DateTime']['output'];
  /** Who is to be the owner. */
  user?: Maybe<User>;
};

/** Where a page lies in its list. */
export type PageInfo = {
  /** Cursor of the last edge; null on an empty page. */
  endCursor?: Maybe<Scalars['String']['output']>;
  /** There are more after this page. */
  hasNextPage: Scalars['Boolean']['output'];
  /** There are more before this page. */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** Cursor of the first edge; null on an empty page. */
  startCursor?: Maybe<Scalars['String']['output']>;
};

/** What can be read. Lists are Relay connections of 50 by default and 1,000 at most. */
export type Query = {
  /** Alerts, for who operates the platform. */
  alerts: AlertConnection;
  /** The newest signed checkpoint of a firm's tree of the audit log, or of the root tree; null if nothing of it is published, or not for the caller. Reading it is itself recorded. */
  auditCheckpoint?: Maybe<AuditCheckpoint>;
  /** The proof that a tree begins with what it was before; null if nothing of it is published, or not for the caller. Reading it is itself recorded. */
  auditConsistencyProof?: Maybe<AuditConsistencyProof>;
  /** The audit log, of the owner's firm or, for an auditor, of all. Reading it is itself recorded. */
  auditEntries: AuditEntryConnection;
  /** The proof that an entry is in its tree; null as long as it isn't published, and if there is no such entry that the caller may see. Reading it is itself recorded. */
  auditInclusionProof?: Maybe<AuditInclusionProof>;
  /** A lease by id; null if there is none that the caller may see. */
  breakGlassLease?: Maybe<BreakGlassLease>;
  /** Break-glass leases: of the owner's firm, or of all firms for who operates the platform. */
  breakGlassLeases: BreakGlassLeaseConnection;
  /** A client by id; null if there is none that the caller may see. */
  client?: Maybe<Client>;
  /** Clients of one firm; a portal client finds its own only. */
  clients: ClientConnection;
  /** A document by id; null if there is none that the caller may see. */
  document?: Maybe<Document>;
  /** Documents of one firm; a portal client finds what is shared with it. */
  documents: DocumentConnection;
  /** A firm by id; null if there is none that the caller may see. */
  firm?: Maybe<Firm>;
  /** Jobs on the keys and content of the owner's firm, the newest first; the newest 200. */
  firmJobs?: Maybe<Array<FirmJob>>;
  /** Versions of the data keys of the owner's firm, the newest of each class first; the newest 1,000. */
  firmKeys?: Maybe<Array<FirmKey>>;
  /** The firms that the caller may see: its own, or all for an operator. */
  firms: FirmConnection;
  /** An invoice by id; null if there is none that the caller may see. */
  invoice?: Maybe<Invoice>;
  /** Invoices of one firm; a portal client finds what is issued and shared with it. */
  invoices: InvoiceConnection;
  /** A message by id; null if there is none that the caller may see. */
  message?: Maybe<Message>;
  /** Messages of one thread. */
  messages: MessageConnection;
  /** Any object by its id; null if there is none that the caller may see. */
  node?: Maybe<Node>;
  /** A note by id; null if there is none that the caller may see. */
  note?: Maybe<Note>;
  /** Notes of one firm. */
  notes: NoteConnection;
  /** Notices of the owner's firm. */
  notices: NoticeConnection;
  /** A thread by id; null if there is none that the caller may see. */
  thread?: Maybe<Thread>;
  /** Threads of one firm; a portal client finds what is shared with it. */
  threads: ThreadConnection;
  /** Time entries of one firm. */
  timeEntries: TimeEntryConnection;
  /** A time entry by id; null if there is none that the caller may see. */
  timeEntry?: Maybe<TimeEntry>;
  /** Who the token is. */
  viewer: User;
};


/** What can be read. Lists are Relay connections of 50 by default and 1,000 at most. */
export type QueryAlertsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<AlertFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<AlertOrder>;
};


/** What can be read. Lists are Relay connections of 50 by default and 1,000 at most. */
export type QueryAuditCheckpointArgs = {
  firmId?: InputMaybe<Scalars['ID']['input']>;
  size?: InputMaybe<Scalars['Float']['input']>;
};


/** What can be read. Lists are Relay connections of 50 by default and 1,000 at most. */
export type QueryAuditConsistencyProofArgs = {
  firmId?: InputMaybe<Scalars['ID']['input']>;
  from: Scalars['Float']['input'];
  to: Scalars['Float']['input'];
};


/** What can be read. Lists are Relay connections of 50 by default and 1,000 at most. */
export type QueryAuditEntriesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<AuditEntryFilter>;
  firmId?: InputMaybe<Scalars['ID']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  fromIndex?: InputMaybe<Scalars['Float']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<AuditEntryOrder>;
};


/** What can be read. Lists are Relay connections of 50 by default and 1,000 at most. */
export type QueryAuditInclusionProofArgs = {
  entryId: Scalars['ID']['input'];
};


/** What can be read. Lists are Relay connections of 50 by default and 1,000 at most. */
export type QueryBreakGlassLeaseArgs = {
  id: Scalars['ID']['input'];
};


/** What can be read. Lists are Relay connections of 50 by default and 1,000 at most. */
export type QueryBreakGlassLeasesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<BreakGlassLeaseFilter>;
  firmId?: InputMaybe<Scalars['ID']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<BreakGlassLeaseOrder>;
};


/** What can be read. Lists are Relay connections of 50 by default and 1,000 at most. */
export type QueryClientArgs = {
  id: Scalars['ID']['input'];
};


/** What can be read. Lists are Relay connections of 50 by default and 1,000 at most. */
export type QueryClientsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ClientFilter>;
  firmId?: InputMaybe<Scalars['ID']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<ClientOrder>;
};


/** What can be read. Lists are Relay connections of 50 by default and 1,000 at most. */
export type QueryDocumentArgs = {
  id: Scalars['ID']['input'];
};


/** What can be read. Lists are Relay connections of 50 by default and 1,000 at most. */
export type QueryDocumentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<DocumentFilter>;
  firmId?: InputMaybe<Scalars['ID']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<DocumentOrder>;
};


/** What can be read. Lists are Relay connections of 50 by default and 1,000 at most. */
export type QueryFirmArgs = {
  id: Scalars['ID']['input'];
};


/** What can be read. Lists are Relay connections of 50 by default and 1,000 at most. */
export type QueryFirmsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<FirmOrder>;
};


/** What can be read. Lists are Relay connections of 50 by default and 1,000 at most. */
export type QueryInvoiceArgs = {
  id: Scalars['ID']['input'];
};


/** What can be read. Lists are Relay connections of 50 by default and 1,000 at most. */
export type QueryInvoicesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<InvoiceFilter>;
  firmId?: InputMaybe<Scalars['ID']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<InvoiceOrder>;
};


/** What can be read. Lists are Relay connections of 50 by default and 1,000 at most. */
export type QueryMessageArgs = {
  id: Scalars['ID']['input'];
};


/** What can be read. Lists are Relay connections of 50 by default and 1,000 at most. */
export type QueryMessagesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<MessageFilter>;
  firmId?: InputMaybe<Scalars['ID']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<MessageOrder>;
  threadId: Scalars['ID']['input'];
};


/** What can be read. Lists are Relay connections of 50 by default and 1,000 at most. */
export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


/** What can be read. Lists are Relay connections of 50 by default and 1,000 at most. */
export type QueryNoteArgs = {
  id: Scalars['ID']['input'];
};


/** What can be read. Lists are Relay connections of 50 by default and 1,000 at most. */
export type QueryNotesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<NoteFilter>;
  firmId?: InputMaybe<Scalars['ID']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<NoteOrder>;
};


/** What can be read. Lists are Relay connections of 50 by default and 1,000 at most. */
export type QueryNoticesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<NoticeOrder>;
};


/** What can be read. Lists are Relay connections of 50 by default and 1,000 at most. */
export type QueryThreadArgs = {
  id: Scalars['ID']['input'];
};


/** What can be read. Lists are Relay connections of 50 by default and 1,000 at most. */
export type QueryThreadsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ThreadFilter>;
  firmId?: InputMaybe<Scalars['ID']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<ThreadOrder>;
};


/** What can be read. Lists are Relay connections of 50 by default and 1,000 at most. */
export type QueryTimeEntriesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<TimeEntryFilter>;
  firmId?: InputMaybe<Scalars['ID']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<TimeEntryOrder>;
};


/** What can be read. Lists are Relay connections of 50 by default and 1,000 at most. */
export type QueryTimeEntryArgs = {
  id: Scalars['ID']['input'];
};

/** Who is to leave. */
export type RemoveMemberInput = {
  /** The account. */
  userId: Scalars['ID']['input'];
};

/** Who left. */
export type RemoveMemberPayload = {
  /** The account; it can't sign in any more. */
  user: User;
};

/** What a lease is to be for. */
export type RequestBreakGlassInput = {
  /** The classes of content, one at least, each once. */
  classes: Array<ContentClass>;
  /** Encrypted fields of the classes, as Type.field, each once; all if left out. */
  coordinates?: InputMaybe<Array<Scalars['String']['input']>>;
  /** The firm whose content is to be read. */
  firmId: Scalars['ID']['input'];
  /** How many minutes it is to last from its activation on; 30 if left out. */
  minutes?: InputMaybe<Scalars['Int']['input']>;
  /** What it is for. */
  purpose: LeasePurpose;
  /** How many values that aren't null may be read, repeats included; no limit if left out. */
  readBudget?: InputMaybe<Scalars['Int']['input']>;
  /** Why, in 30 to 2,000 characters, on 40 lines at most, no two empty ones and no nine blanks in a row: the firm's owners decide by it, so it shows all that it holds. */
  reason: Scalars['String']['input'];
  /** Records of the firm with content of the classes, each once; all if left out. */
  recordIds?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** The ticket that it is about, such as SUP-1042. */
  ticket: Scalars['String']['input'];
};

/** Which invitation is to end. */
export type RevokeInvitationInput = {
  /** Its id. */
  invitationId: Scalars['ID']['input'];
};

/** The invitation that is over. */
export type RevokeInvitationPayload = {
  /** The invitation. */
  invitation: Invitation;
};

/** Which data key gets another version. */
export type RotateFirmKeyInput = {
  /** Its class. */
  class: FirmKeyClass;
};

/** What was asked for. */
export type RotateFirmKeyPayload = {
  /** The job that makes it, UUIDv7; one that is under way already is answered again. */
  jobId: Scalars['ID']['output'];
};

/** What a firm has to say to leases from now on. */
export type SetFirmAccessPolicyInput = {
  /** How many persons of the platform must agree. */
  approvers: Scalars['Int']['input'];
  /** What the firm does. */
  policy: FirmPolicy;
};

/** The firm with its policy. */
export type SetFirmAccessPolicyPayload = {
  /** The firm. */
  firm: Firm;
};

/** Where new members must come from, from now on; those who are members stay. */
export type SetFirmSignInInput = {
  /** Domains such as firm.example, each for itself, 20 at most; an empty list: any. */
  domains: Array<Scalars['String']['input']>;
  /** Token issuers as their tokens name them, 20 at most, the one of this installation among them; an empty list: any. */
  issuers: Array<Scalars['String']['input']>;
};

/** The firm with its settings. */
export type SetFirmSignInPayload = {
  /** The firm. */
  firm: Firm;
};

/** A change of somebody's role. */
export type SetMemberRoleInput = {
  /** The client whom the person is of: for CLIENT, and only for CLIENT. */
  clientId?: InputMaybe<Scalars['ID']['input']>;
  /** What the person may do from now on. */
  role: FirmRole;
  /** The account. */
  userId: Scalars['ID']['input'];
};

/** The member as they are now. */
export type SetMemberRolePayload = {
  /** The account. */
  user: User;
};

/** What can be shared: exactly one of these. */
export type ShareSubject =
  /** A document with its versions. */
  { documentId: Scalars['ID']['input']; invoiceId?: never; threadId?: never; }
  |  /** An invoice with its items; seen once it is issued. */
  { documentId?: never; invoiceId: Scalars['ID']['input']; threadId?: never; }
  |  /** A thread with its messages, in which the client's people may write. */
  { documentId?: never; invoiceId?: never; threadId: Scalars['ID']['input']; };

/** What to share with whom. */
export type ShareWithClientInput = {
  /** The client. */
  clientId: Scalars['ID']['input'];
  /** What is shared. */
  subject: ShareSubject;
};

/** What was shared. */
export type ShareWithClientPayload = {
  /** The client. */
  client: Client;
  /** What was shared. */
  subject: SharedSubject;
};

/** What can be shared with a client. */
export type SharedSubject = Document | Invoice | Thread;

/** A conversation of a firm, with a client it is shared with or within the firm. What it is about is content, so it has no name. */
export type Thread = FirmOwned & Node & {
  /** Who began it. */
  author?: Maybe<User>;
  /** The client it is about. */
  client?: Maybe<Client>;
  /** When it was begun. */
  createdAt: Scalars['DateTime']['output'];
  /** The firm that the thread belongs to. */
  firmId: Scalars['ID']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** What was written in it. */
  messages: MessageConnection;
  /** Grows by one with each change; a change names the one it has seen. */
  revision: Scalars['Int']['output'];
  /** The clients it is shared with, at most 100; a portal client sees itself only. */
  sharedWith: Array<Client>;
  /** When it was last written in. */
  updatedAt: Scalars['DateTime']['output'];
};


/** A conversation of a firm, with a client it is shared with or within the firm. What it is about is content, so it has no name. */
export type ThreadMessagesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<MessageOrder>;
};

/** A page of threads. */
export type ThreadConnection = {
  /** The threads of the page with their cursors. */
  edges: Array<ThreadEdge>;
  /** The threads of the page. */
  nodes: Array<Thread>;
  /** Where the page lies. */
  pageInfo: PageInfo;
  /** How many there are in the whole list; counted only when asked. */
  totalCount: Scalars['Int']['output'];
};

/** A thread in a list. */
export type ThreadEdge = {
  /** Names the place in the list. */
  cursor: Scalars['String']['output'];
  /** The thread. */
  node: Thread;
};

/** Which threads, by metadata only. */
export type ThreadFilter = {
  /** Begun by this user. */
  authorId?: InputMaybe<Scalars['ID']['input']>;
  /** About this client. */
  clientId?: InputMaybe<Scalars['ID']['input']>;
  /** Made before this time. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Made at this time or later. */
  createdFrom?: InputMaybe<Scalars['DateTime']['input']>;
  /** Shared with this client. */
  sharedWithId?: InputMaybe<Scalars['ID']['input']>;
  /** Last changed before this time. */
  updatedBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Last changed at this time or later. */
  updatedFrom?: InputMaybe<Scalars['DateTime']['input']>;
};

/** Orders of a list of threads. */
export type ThreadOrder =
  /** Oldest first. */
  | 'CREATED_AT_ASC'
  /** Newest first. */
  | 'CREATED_AT_DESC'
  /** Longest silent first. */
  | 'UPDATED_AT_ASC'
  /** Last written in first. */
  | 'UPDATED_AT_DESC';

/** Time that somebody of the firm worked. */
export type TimeEntry = FirmOwned & Node & {
  /** Who worked. */
  author?: Maybe<User>;
  /** The client it was for. */
  client?: Maybe<Client>;
  /** When it was made. */
  createdAt: Scalars['DateTime']['output'];
  /** What was done. */
  description?: Maybe<Scalars['String']['output']>;
  /** The firm that the time entry belongs to. */
  firmId: Scalars['ID']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** How long, in minutes. */
  minutes: Scalars['Int']['output'];
  /** Grows by one with each change; a change names the one it has seen. */
  revision: Scalars['Int']['output'];
  /** When the work began. */
  startedAt: Scalars['DateTime']['output'];
  /** When it was last changed. */
  updatedAt: Scalars['DateTime']['output'];
};

/** A page of time entries. */
export type TimeEntryConnection = {
  /** The time entries of the page with their cursors. */
  edges: Array<TimeEntryEdge>;
  /** The time entries of the page. */
  nodes: Array<TimeEntry>;
  /** Where the page lies. */
  pageInfo: PageInfo;
  /** How many there are in the whole list; counted only when asked. */
  totalCount: Scalars['Int']['output'];
};

/** A time entry in a list. */
export type TimeEntryEdge = {
  /** Names the place in the list. */
  cursor: Scalars['String']['output'];
  /** The time entry. */
  node: TimeEntry;
};

/** Which time entries, by metadata only. */
export type TimeEntryFilter = {
  /** Of this user's work. */
  authorId?: InputMaybe<Scalars['ID']['input']>;
  /** For this client. */
  clientId?: InputMaybe<Scalars['ID']['input']>;
  /** Begun before this time. */
  startedBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Begun at this time or later. */
  startedFrom?: InputMaybe<Scalars['DateTime']['input']>;
  /** Last changed before this time. */
  updatedBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Last changed at this time or later. */
  updatedFrom?: InputMaybe<Scalars['DateTime']['input']>;
};

/** Orders of a list of time entries. */
export type TimeEntryOrder =
  /** Oldest entry first. */
  | 'CREATED_AT_ASC'
  /** Newest entry first. */
  | 'CREATED_AT_DESC'
  /** Earliest work first. */
  | 'STARTED_AT_ASC'
  /** Latest work first. */
  | 'STARTED_AT_DESC';

/** What to take back from whom. */
export type UnshareWithClientInput = {
  /** The client. */
  clientId: Scalars['ID']['input'];
  /** What is shared no more. */
  subject: ShareSubject;
};

/** What was taken back. */
export type UnshareWithClientPayload = {
  /** The client. */
  client: Client;
  /** What is shared no more. */
  subject: SharedSubject;
};

/** A change of a client; what is left out stays. */
export type UpdateClientInput = {
  /** null removes it. */
  email?: InputMaybe<Scalars['String']['input']>;
  /** The revision that the change was made from. */
  expectedRevision: Scalars['Int']['input'];
  /** The client. */
  id: Scalars['ID']['input'];
  /** The client's name, on one line. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** Whether the firm still works for the client. */
  status?: InputMaybe<ClientStatus>;
};

/** The client as it is now. */
export type UpdateClientPayload = {
  /** The client. */
  client: Client;
};

/** A change of a comment; what is left out stays. */
export type UpdateCommentInput = {
  /** The revision that the change was made from. */
  expectedRevision: Scalars['Int']['input'];
  /** The comment. */
  id: Scalars['ID']['input'];
  /** null removes it. */
  text?: InputMaybe<Scalars['String']['input']>;
};

/** The comment as it is now. */
export type UpdateCommentPayload = {
  /** The comment. */
  comment: Comment;
};

/** A change of a document; what is left out stays. */
export type UpdateDocumentInput = {
  /** null: about no client. */
  clientId?: InputMaybe<Scalars['ID']['input']>;
  /** null removes it. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** The revision that the change was made from. */
  expectedRevision: Scalars['Int']['input'];
  /** The document. */
  id: Scalars['ID']['input'];
  /** The file's media type, such as application/pdf. */
  mimeType?: InputMaybe<Scalars['String']['input']>;
  /** The file's name, on one line. */
  name?: InputMaybe<Scalars['String']['input']>;
};

/** The document as it is now. */
export type UpdateDocumentPayload = {
  /** The document. */
  document: Document;
};

/** A change of an invoice; what is left out stays. */
export type UpdateInvoiceInput = {
  /** What is still to be paid. null removes it. */
  amountDue?: InputMaybe<Scalars['Decimal']['input']>;
  /** null: for no client. */
  clientId?: InputMaybe<Scalars['ID']['input']>;
  /** ISO 4217 code of the currency. */
  currency?: InputMaybe<Scalars['String']['input']>;
  /** null: at no certain time. */
  dueAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The revision that the change was made from. */
  expectedRevision: Scalars['Int']['input'];
  /** The invoice. */
  id: Scalars['ID']['input'];
  /** null: not issued. */
  issuedAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** All its lines, in order: those it had are removed. */
  lineItems?: InputMaybe<Array<InvoiceLineItemInput>>;
  /** null removes it. */
  memo?: InputMaybe<Scalars['String']['input']>;
  /** Its number, on one line; no other invoice of the firm has it. */
  number?: InputMaybe<Scalars['String']['input']>;
  /** Where it stands. */
  status?: InputMaybe<InvoiceStatus>;
  /** What is asked for: up to 15 digits and 4 decimals. null removes it. */
  total?: InputMaybe<Scalars['Decimal']['input']>;
};

/** The invoice as it is now. */
export type UpdateInvoicePayload = {
  /** The invoice. */
  invoice: Invoice;
};

/** A change of a message; what is left out stays. Its author stays, whoever of the firm changes it. */
export type UpdateMessageInput = {
  /** null removes it. */
  body?: InputMaybe<Scalars['String']['input']>;
  /** The revision that the change was made from. */
  expectedRevision: Scalars['Int']['input'];
  /** The message. */
  id: Scalars['ID']['input'];
  /** null removes it. */
  subject?: InputMaybe<Scalars['String']['input']>;
};

/** The message as it is now. */
export type UpdateMessagePayload = {
  /** The message. */
  message: Message;
};

/** A change of a note; what is left out stays. */
export type UpdateNoteInput = {
  /** null removes it. */
  body?: InputMaybe<Scalars['String']['input']>;
  /** The revision that the change was made from. */
  expectedRevision: Scalars['Int']['input'];
  /** The note. */
  id: Scalars['ID']['input'];
  /** null removes it. */
  title?: InputMaybe<Scalars['String']['input']>;
};

/** The note as it is now. */
export type UpdateNotePayload = {
  /** The note. */
  note: Note;
};

/** A change of a time entry; what is left out stays. */
export type UpdateTimeEntryInput = {
  /** null: for no client. */
  clientId?: InputMaybe<Scalars['ID']['input']>;
  /** null removes it. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** The revision that the change was made from. */
  expectedRevision: Scalars['Int']['input'];
  /** The time entry. */
  id: Scalars['ID']['input'];
  /** How long, in minutes, a day at most. */
  minutes?: InputMaybe<Scalars['Int']['input']>;
  /** When the work began. */
  startedAt?: InputMaybe<Scalars['DateTime']['input']>;
};

/** The time entry as it is now. */
export type UpdateTimeEntryPayload = {
  /** The time entry. */
  timeEntry: TimeEntry;
};

/** An account: somebody of a firm, or somebody who operates the platform. Nobody is both. */
export type User = Node & {
  /** The client whom a portal user is of; null for anybody else. */
  client?: Maybe<Client>;
  /** When the account was created. */
  createdAt: Scalars['DateTime']['output'];
  /** The person's e-mail address; not what identifies them. */
  email: Scalars['String']['output'];
  /** The firm; null for who operates the platform. */
  firm?: Maybe<Firm>;
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** The person's name. */
  name: Scalars['String']['output'];
  /** What the viewer must know about its firm: for an owner all notices, for a member those that aren't for owners alone. null for a portal client, and for other accounts. */
  notices?: Maybe<NoticeConnection>;
  /** What the person may do as an operator; empty for a firm's people. */
  operatorRoles: Array<OperatorRole>;
  /** When the person was taken out of the firm; null for a member, and for a portal client who asks. */
  removedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The role in the firm; null for who operates the platform. */
  role?: Maybe<FirmRole>;
};


/** An account: somebody of a firm, or somebody who operates the platform. Nobody is both. */
export type UserNoticesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<NoticeOrder>;
};

/** A page of users. */
export type UserConnection = {
  /** The users of the page with their cursors. */
  edges: Array<UserEdge>;
  /** The users of the page. */
  nodes: Array<User>;
  /** Where the page lies. */
  pageInfo: PageInfo;
  /** How many there are in the whole list; counted only when asked. */
  totalCount: Scalars['Int']['output'];
};

/** A user in a list. */
export type UserEdge = {
  /** Names the place in the list. */
  cursor: Scalars['String']['output'];
  /** The user. */
  node: User;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;



/** Mapping of union types */
export type ResolversUnionTypes<_RefType extends Record<string, unknown>> = {
  SharedSubject:
    | ( Row )
    | ( Row )
    | ( Row )
  ;
};

/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  FirmOwned:
    | ( Row )
    | ( Row )
    | ( Row )
    | ( Row )
    | ( Row )
    | ( Row )
    | ( Row )
    | ( Row )
    | ( Row )
    | ( Row )
  ;
  Node:
    | ( AlertRow )
    | ( AuditEntryNode )
    | ( LeaseRow )
    | ( Row )
    | ( Row )
    | ( Row )
    | ( Row )
    | ( FirmRow )
    | ( Row )
    | ( Row )
    | ( Row )
    | ( Row )
    | ( NoticeRow )
    | ( Row )
    | ( Row )
    | ( UserRow )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  AcceptInvitationInput: AcceptInvitationInput;
  AcceptInvitationPayload: ResolverTypeWrapper<AcceptInvitationPayload>;
  AcknowledgeAlertInput: AcknowledgeAlertInput;
  AcknowledgeAlertPayload: ResolverTypeWrapper<Omit<AcknowledgeAlertPayload, 'alert'> & { alert: ResolversTypes['Alert'] }>;
  Alert: ResolverTypeWrapper<AlertRow>;
  AlertConnection: ResolverTypeWrapper<Connection<AlertRow>>;
  AlertEdge: ResolverTypeWrapper<Omit<AlertEdge, 'node'> & { node: ResolversTypes['Alert'] }>;
  AlertFilter: AlertFilter;
  AlertOrder: AlertOrder;
  AlertRule: AlertRule;
  AlertSeverity: AlertSeverity;
  ApproveJobInput: ApproveJobInput;
  ApproveJobPayload: ResolverTypeWrapper<ApproveJobPayload>;
  AuditCheckpoint: ResolverTypeWrapper<PublishedCheckpoint>;
  AuditConsistencyProof: ResolverTypeWrapper<ConsistencyProof>;
  AuditDecision: AuditDecision;
  AuditEntry: ResolverTypeWrapper<AuditEntryNode>;
  AuditEntryConnection: ResolverTypeWrapper<Connection<AuditEntryNode>>;
  AuditEntryEdge: ResolverTypeWrapper<Omit<AuditEntryEdge, 'node'> & { node: ResolversTypes['AuditEntry'] }>;
  AuditEntryFilter: AuditEntryFilter;
  AuditEntryOrder: AuditEntryOrder;
  AuditInclusionProof: ResolverTypeWrapper<InclusionProof>;
  AuditKeyUse: ResolverTypeWrapper<AuditKeyUse>;
  AuditRootInclusion: ResolverTypeWrapper<AuditRootInclusion>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  BreakGlassLease: ResolverTypeWrapper<LeaseRow>;
  BreakGlassLeaseConnection: ResolverTypeWrapper<Connection<LeaseRow>>;
  BreakGlassLeaseEdge: ResolverTypeWrapper<Omit<BreakGlassLeaseEdge, 'node'> & { node: ResolversTypes['BreakGlassLease'] }>;
  BreakGlassLeaseFilter: BreakGlassLeaseFilter;
  BreakGlassLeaseOrder: BreakGlassLeaseOrder;
  BreakGlassLeasePayload: ResolverTypeWrapper<Omit<BreakGlassLeasePayload, 'lease'> & { lease: ResolversTypes['BreakGlassLease'] }>;
  CancelOwnerRecoveryPayload: ResolverTypeWrapper<CancelOwnerRecoveryPayload>;
  Client: ResolverTypeWrapper<Row>;
  ClientConnection: ResolverTypeWrapper<Connection<Row>>;
  ClientEdge: ResolverTypeWrapper<Omit<ClientEdge, 'node'> & { node: ResolversTypes['Client'] }>;
  ClientFilter: ClientFilter;
  ClientOrder: ClientOrder;
  ClientStatus: ClientStatus;
  Comment: ResolverTypeWrapper<Row>;
  CommentConnection: ResolverTypeWrapper<Connection<Row>>;
  CommentEdge: ResolverTypeWrapper<Omit<CommentEdge, 'node'> & { node: ResolversTypes['Comment'] }>;
  CommentOrder: CommentOrder;
  CommentSubject: CommentSubject;
  ContentClass: ContentClass;
  CreateClientInput: CreateClientInput;
  CreateClientPayload: ResolverTypeWrapper<Omit<CreateClientPayload, 'client'> & { client: ResolversTypes['Client'] }>;
  CreateCommentInput: CreateCommentInput;
  CreateCommentPayload: ResolverTypeWrapper<Omit<CreateCommentPayload, 'comment'> & { comment: ResolversTypes['Comment'] }>;
  CreateDocumentInput: CreateDocumentInput;
  CreateDocumentPayload: ResolverTypeWrapper<Omit<CreateDocumentPayload, 'document'> & { document: ResolversTypes['Document'] }>;
  CreateDocumentVersionInput: CreateDocumentVersionInput;
  CreateDocumentVersionPayload: ResolverTypeWrapper<Omit<CreateDocumentVersionPayload, 'documentVersion'> & { documentVersion: ResolversTypes['DocumentVersion'] }>;
  CreateDownloadInput: CreateDownloadInput;
  CreateDownloadPayload: ResolverTypeWrapper<CreateDownloadPayload>;
  CreateInvoiceInput: CreateInvoiceInput;
  CreateInvoicePayload: ResolverTypeWrapper<Omit<CreateInvoicePayload, 'invoice'> & { invoice: ResolversTypes['Invoice'] }>;
  CreateMessageInput: CreateMessageInput;
  CreateMessagePayload: ResolverTypeWrapper<Omit<CreateMessagePayload, 'message'> & { message: ResolversTypes['Message'] }>;
  CreateNoteInput: CreateNoteInput;
  CreateNotePayload: ResolverTypeWrapper<Omit<CreateNotePayload, 'note'> & { note: ResolversTypes['Note'] }>;
  CreateThreadInput: CreateThreadInput;
  CreateThreadPayload: ResolverTypeWrapper<Omit<CreateThreadPayload, 'thread'> & { thread: ResolversTypes['Thread'] }>;
  CreateTimeEntryInput: CreateTimeEntryInput;
  CreateTimeEntryPayload: ResolverTypeWrapper<Omit<CreateTimeEntryPayload, 'timeEntry'> & { timeEntry: ResolversTypes['TimeEntry'] }>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Decimal: ResolverTypeWrapper<Scalars['Decimal']['output']>;
  DeleteCommentInput: DeleteCommentInput;
  DeleteCommentPayload: ResolverTypeWrapper<DeleteCommentPayload>;
  DeleteDocumentInput: DeleteDocumentInput;
  DeleteDocumentPayload: ResolverTypeWrapper<DeleteDocumentPayload>;
  DeleteInvoiceInput: DeleteInvoiceInput;
  DeleteInvoicePayload: ResolverTypeWrapper<DeleteInvoicePayload>;
  DeleteMessageInput: DeleteMessageInput;
  DeleteMessagePayload: ResolverTypeWrapper<DeleteMessagePayload>;
  DeleteNoteInput: DeleteNoteInput;
  DeleteNotePayload: ResolverTypeWrapper<DeleteNotePayload>;
  DeleteTimeEntryInput: DeleteTimeEntryInput;
  DeleteTimeEntryPayload: ResolverTypeWrapper<DeleteTimeEntryPayload>;
  DenyJobInput: DenyJobInput;
  DenyJobPayload: ResolverTypeWrapper<DenyJobPayload>;
  Document: ResolverTypeWrapper<Row>;
  DocumentConnection: ResolverTypeWrapper<Connection<Row>>;
  DocumentEdge: ResolverTypeWrapper<Omit<DocumentEdge, 'node'> & { node: ResolversTypes['Document'] }>;
  DocumentFilter: DocumentFilter;
  DocumentOrder: DocumentOrder;
  DocumentStatus: DocumentStatus;
  DocumentVersion: ResolverTypeWrapper<Row>;
  Firm: ResolverTypeWrapper<FirmRow>;
  FirmAccessPolicy: ResolverTypeWrapper<FirmAccessPolicy>;
  FirmConnection: ResolverTypeWrapper<Connection<FirmRow>>;
  FirmEdge: ResolverTypeWrapper<Omit<FirmEdge, 'node'> & { node: ResolversTypes['Firm'] }>;
  FirmJob: ResolverTypeWrapper<FirmJob>;
  FirmKey: ResolverTypeWrapper<FirmKey>;
  FirmKeyClass: FirmKeyClass;
  FirmKeyState: FirmKeyState;
  FirmOrder: FirmOrder;
  FirmOwned: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['FirmOwned']>;
  FirmPolicy: FirmPolicy;
  FirmRole: FirmRole;
  FirmSignIn: ResolverTypeWrapper<FirmSignInRow>;
  FirmStatus: FirmStatus;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  Invitation: ResolverTypeWrapper<InvitationRow>;
  InviteMemberInput: InviteMemberInput;
  InviteMemberPayload: ResolverTypeWrapper<Omit<InviteMemberPayload, 'invitation'> & { invitation: ResolversTypes['Invitation'] }>;
  Invoice: ResolverTypeWrapper<Row>;
  InvoiceConnection: ResolverTypeWrapper<Connection<Row>>;
  InvoiceEdge: ResolverTypeWrapper<Omit<InvoiceEdge, 'node'> & { node: ResolversTypes['Invoice'] }>;
  InvoiceFilter: InvoiceFilter;
  InvoiceLineItem: ResolverTypeWrapper<Row>;
  InvoiceLineItemInput: InvoiceLineItemInput;
  InvoiceOrder: InvoiceOrder;
  InvoiceStatus: InvoiceStatus;
  JSON: ResolverTypeWrapper<Scalars['JSON']['output']>;
  JobConsent: JobConsent;
  JobKind: JobKind;
  JobState: JobState;
  LeaseApproval: ResolverTypeWrapper<LeaseApprovalRow>;
  LeaseEvent: ResolverTypeWrapper<LeaseEventRow>;
  LeaseOpening: ResolverTypeWrapper<LeaseOpeningNode>;
  LeaseOpeningConnection: ResolverTypeWrapper<Connection<LeaseOpeningNode>>;
  LeaseOpeningEdge: ResolverTypeWrapper<Omit<LeaseOpeningEdge, 'node'> & { node: ResolversTypes['LeaseOpening'] }>;
  LeasePurpose: LeasePurpose;
  LeaseSide: LeaseSide;
  LeaseState: LeaseState;
  Message: ResolverTypeWrapper<Row>;
  MessageConnection: ResolverTypeWrapper<Connection<Row>>;
  MessageEdge: ResolverTypeWrapper<Omit<MessageEdge, 'node'> & { node: ResolversTypes['Message'] }>;
  MessageFilter: MessageFilter;
  MessageOrder: MessageOrder;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  Note: ResolverTypeWrapper<Row>;
  NoteConnection: ResolverTypeWrapper<Connection<Row>>;
  NoteEdge: ResolverTypeWrapper<Omit<NoteEdge, 'node'> & { node: ResolversTypes['Note'] }>;
  NoteFilter: NoteFilter;
  NoteOrder: NoteOrder;
  Notice: ResolverTypeWrapper<NoticeRow>;
  NoticeConnection: ResolverTypeWrapper<Connection<NoticeRow>>;
  NoticeDelivery: ResolverTypeWrapper<NoticeDelivery>;
  NoticeEdge: ResolverTypeWrapper<Omit<NoticeEdge, 'node'> & { node: ResolversTypes['Notice'] }>;
  NoticeKind: NoticeKind;
  NoticeOrder: NoticeOrder;
  OperatorRole: OperatorRole;
  OwnKeyState: OwnKeyState;
  OwnerRecovery: ResolverTypeWrapper<OwnerRecoveryRow>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  RemoveMemberInput: RemoveMemberInput;
  RemoveMemberPayload: ResolverTypeWrapper<Omit<RemoveMemberPayload, 'user'> & { user: ResolversTypes['User'] }>;
  RequestBreakGlassInput: RequestBreakGlassInput;
  RevokeInvitationInput: RevokeInvitationInput;
  RevokeInvitationPayload: ResolverTypeWrapper<Omit<RevokeInvitationPayload, 'invitation'> & { invitation: ResolversTypes['Invitation'] }>;
  RotateFirmKeyInput: RotateFirmKeyInput;
  RotateFirmKeyPayload: ResolverTypeWrapper<RotateFirmKeyPayload>;
  SetFirmAccessPolicyInput: SetFirmAccessPolicyInput;
  SetFirmAccessPolicyPayload: ResolverTypeWrapper<Omit<SetFirmAccessPolicyPayload, 'firm'> & { firm: ResolversTypes['Firm'] }>;
  SetFirmSignInInput: SetFirmSignInInput;
  SetFirmSignInPayload: ResolverTypeWrapper<Omit<SetFirmSignInPayload, 'firm'> & { firm: ResolversTypes['Firm'] }>;
  SetMemberRoleInput: SetMemberRoleInput;
  SetMemberRolePayload: ResolverTypeWrapper<Omit<SetMemberRolePayload, 'user'> & { user: ResolversTypes['User'] }>;
  ShareSubject: ShareSubject;
  ShareWithClientInput: ShareWithClientInput;
  ShareWithClientPayload: ResolverTypeWrapper<Omit<ShareWithClientPayload, 'client' | 'subject'> & { client: ResolversTypes['Client'], subject: ResolversTypes['SharedSubject'] }>;
  SharedSubject: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SharedSubject']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Thread: ResolverTypeWrapper<Row>;
  ThreadConnection: ResolverTypeWrapper<Connection<Row>>;
  ThreadEdge: ResolverTypeWrapper<Omit<ThreadEdge, 'node'> & { node: ResolversTypes['Thread'] }>;
  ThreadFilter: ThreadFilter;
  ThreadOrder: ThreadOrder;
  TimeEntry: ResolverTypeWrapper<Row>;
  TimeEntryConnection: ResolverTypeWrapper<Connection<Row>>;
  TimeEntryEdge: ResolverTypeWrapper<Omit<TimeEntryEdge, 'node'> & { node: ResolversTypes['TimeEntry'] }>;
  TimeEntryFilter: TimeEntryFilter;
  TimeEntryOrder: TimeEntryOrder;
  UnshareWithClientInput: UnshareWithClientInput;
  UnshareWithClientPayload: ResolverTypeWrapper<Omit<UnshareWithClientPayload, 'client' | 'subject'> & { client: ResolversTypes['Client'], subject: ResolversTypes['SharedSubject'] }>;
  UpdateClientInput: UpdateClientInput;
  UpdateClientPayload: ResolverTypeWrapper<Omit<UpdateClientPayload, 'client'> & { client: ResolversTypes['Client'] }>;
  UpdateCommentInput: UpdateCommentInput;
  UpdateCommentPayload: ResolverTypeWrapper<Omit<UpdateCommentPayload, 'comment'> & { comment: ResolversTypes['Comment'] }>;
  UpdateDocumentInput: UpdateDocumentInput;
  UpdateDocumentPayload: ResolverTypeWrapper<Omit<UpdateDocumentPayload, 'document'> & { document: ResolversTypes['Document'] }>;
  UpdateInvoiceInput: UpdateInvoiceInput;
  UpdateInvoicePayload: ResolverTypeWrapper<Omit<UpdateInvoicePayload, 'invoice'> & { invoice: ResolversTypes['Invoice'] }>;
  UpdateMessageInput: UpdateMessageInput;
  UpdateMessagePayload: ResolverTypeWrapper<Omit<UpdateMessagePayload, 'message'> & { message: ResolversTypes['Message'] }>;
  UpdateNoteInput: UpdateNoteInput;
  UpdateNotePayload: ResolverTypeWrapper<Omit<UpdateNotePayload, 'note'> & { note: ResolversTypes['Note'] }>;
  UpdateTimeEntryInput: UpdateTimeEntryInput;
  UpdateTimeEntryPayload: ResolverTypeWrapper<Omit<UpdateTimeEntryPayload, 'timeEntry'> & { timeEntry: ResolversTypes['TimeEntry'] }>;
  User: ResolverTypeWrapper<UserRow>;
  UserConnection: ResolverTypeWrapper<Connection<UserRow>>;
  UserEdge: ResolverTypeWrapper<Omit<UserEdge, 'node'> & { node: ResolversTypes['User'] }>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AcceptInvitationInput: AcceptInvitationInput;
  AcceptInvitationPayload: AcceptInvitationPayload;
  AcknowledgeAlertInput: AcknowledgeAlertInput;
  AcknowledgeAlertPayload: Omit<AcknowledgeAlertPayload, 'alert'> & { alert: ResolversParentTypes['Alert'] };
  Alert: AlertRow;
  AlertConnection: Connection<AlertRow>;
  AlertEdge: Omit<AlertEdge, 'node'> & { node: ResolversParentTypes['Alert'] };
  AlertFilter: AlertFilter;
  ApproveJobInput: ApproveJobInput;
  ApproveJobPayload: ApproveJobPayload;
  AuditCheckpoint: PublishedCheckpoint;
  AuditConsistencyProof: ConsistencyProof;
  AuditEntry: AuditEntryNode;
  AuditEntryConnection: Connection<AuditEntryNode>;
  AuditEntryEdge: Omit<AuditEntryEdge, 'node'> & { node: ResolversParentTypes['AuditEntry'] };
  AuditEntryFilter: AuditEntryFilter;
  AuditInclusionProof: InclusionProof;
  AuditKeyUse: AuditKeyUse;
  AuditRootInclusion: AuditRootInclusion;
  Boolean: Scalars['Boolean']['output'];
  BreakGlassLease: LeaseRow;
  BreakGlassLeaseConnection: Connection<LeaseRow>;
  BreakGlassLeaseEdge: Omit<BreakGlassLeaseEdge, 'node'> & { node: ResolversParentTypes['BreakGlassLease'] };
  BreakGlassLeaseFilter: BreakGlassLeaseFilter;
  BreakGlassLeasePayload: Omit<BreakGlassLeasePayload, 'lease'> & { lease: ResolversParentTypes['BreakGlassLease'] };
  CancelOwnerRecoveryPayload: CancelOwnerRecoveryPayload;
  Client: Row;
  ClientConnection: Connection<Row>;
  ClientEdge: Omit<ClientEdge, 'node'> & { node: ResolversParentTypes['Client'] };
  ClientFilter: ClientFilter;
  Comment: Row;
  CommentConnection: Connection<Row>;
  CommentEdge: Omit<CommentEdge, 'node'> & { node: ResolversParentTypes['Comment'] };
  CommentSubject: CommentSubject;
  CreateClientInput: CreateClientInput;
  CreateClientPayload: Omit<CreateClientPayload, 'client'> & { client: ResolversParentTypes['Client'] };
  CreateCommentInput: CreateCommentInput;
  CreateCommentPayload: Omit<CreateCommentPayload, 'comment'> & { comment: ResolversParentTypes['Comment'] };
  CreateDocumentInput: CreateDocumentInput;
  CreateDocumentPayload: Omit<CreateDocumentPayload, 'document'> & { document: ResolversParentTypes['Document'] };
  CreateDocumentVersionInput: CreateDocumentVersionInput;
  CreateDocumentVersionPayload: Omit<CreateDocumentVersionPayload, 'documentVersion'> & { documentVersion: ResolversParentTypes['DocumentVersion'] };
  CreateDownloadInput: CreateDownloadInput;
  CreateDownloadPayload: CreateDownloadPayload;
  CreateInvoiceInput: CreateInvoiceInput;
  CreateInvoicePayload: Omit<CreateInvoicePayload, 'invoice'> & { invoice: ResolversParentTypes['Invoice'] };
  CreateMessageInput: CreateMessageInput;
  CreateMessagePayload: Omit<CreateMessagePayload, 'message'> & { message: ResolversParentTypes['Message'] };
  CreateNoteInput: CreateNoteInput;
  CreateNotePayload: Omit<CreateNotePayload, 'note'> & { note: ResolversParentTypes['Note'] };
  CreateThreadInput: CreateThreadInput;
  CreateThreadPayload: Omit<CreateThreadPayload, 'thread'> & { thread: ResolversParentTypes['Thread'] };
  CreateTimeEntryInput: CreateTimeEntryInput;
  CreateTimeEntryPayload: Omit<CreateTimeEntryPayload, 'timeEntry'> & { timeEntry: ResolversParentTypes['TimeEntry'] };
  DateTime: Scalars['DateTime']['output'];
  Decimal: Scalars['Decimal']['output'];
  DeleteCommentInput: DeleteCommentInput;
  DeleteCommentPayload: DeleteCommentPayload;
  DeleteDocumentInput: DeleteDocumentInput;
  DeleteDocumentPayload: DeleteDocumentPayload;
  DeleteInvoiceInput: DeleteInvoiceInput;
  DeleteInvoicePayload: DeleteInvoicePayload;
  DeleteMessageInput: DeleteMessageInput;
  DeleteMessagePayload: DeleteMessagePayload;
  DeleteNoteInput: DeleteNoteInput;
  DeleteNotePayload: DeleteNotePayload;
  DeleteTimeEntryInput: DeleteTimeEntryInput;
  DeleteTimeEntryPayload: DeleteTimeEntryPayload;
  DenyJobInput: DenyJobInput;
  DenyJobPayload: DenyJobPayload;
  Document: Row;
  DocumentConnection: Connection<Row>;
  DocumentEdge: Omit<DocumentEdge, 'node'> & { node: ResolversParentTypes['Document'] };
  DocumentFilter: DocumentFilter;
  DocumentVersion: Row;
  Firm: FirmRow;
  FirmAccessPolicy: FirmAccessPolicy;
  FirmConnection: Connection<FirmRow>;
  FirmEdge: Omit<FirmEdge, 'node'> & { node: ResolversParentTypes['Firm'] };
  FirmJob: FirmJob;
  FirmKey: FirmKey;
  FirmOwned: ResolversInterfaceTypes<ResolversParentTypes>['FirmOwned'];
  FirmSignIn: FirmSignInRow;
  Float: Scalars['Float']['output'];
  ID: Scalars['ID']['output'];
  Int: Scalars['Int']['output'];
  Invitation: InvitationRow;
  InviteMemberInput: InviteMemberInput;
  InviteMemberPayload: Omit<InviteMemberPayload, 'invitation'> & { invitation: ResolversParentTypes['Invitation'] };
  Invoice: Row;
  InvoiceConnection: Connection<Row>;
  InvoiceEdge: Omit<InvoiceEdge, 'node'> & { node: ResolversParentTypes['Invoice'] };
  InvoiceFilter: InvoiceFilter;
  InvoiceLineItem: Row;
  InvoiceLineItemInput: InvoiceLineItemInput;
  JSON: Scalars['JSON']['output'];
  LeaseApproval: LeaseApprovalRow;
  LeaseEvent: LeaseEventRow;
  LeaseOpening: LeaseOpeningNode;
  LeaseOpeningConnection: Connection<LeaseOpeningNode>;
  LeaseOpeningEdge: Omit<LeaseOpeningEdge, 'node'> & { node: ResolversParentTypes['LeaseOpening'] };
  Message: Row;
  MessageConnection: Connection<Row>;
  MessageEdge: Omit<MessageEdge, 'node'> & { node: ResolversParentTypes['Message'] };
  MessageFilter: MessageFilter;
  Mutation: Record<PropertyKey, never>;
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  Note: Row;
  NoteConnection: Connection<Row>;
  NoteEdge: Omit<NoteEdge, 'node'> & { node: ResolversParentTypes['Note'] };
  NoteFilter: NoteFilter;
  Notice: NoticeRow;
  NoticeConnection: Connection<NoticeRow>;
  NoticeDelivery: NoticeDelivery;
  NoticeEdge: Omit<NoticeEdge, 'node'> & { node: ResolversParentTypes['Notice'] };
  OwnerRecovery: OwnerRecoveryRow;
  PageInfo: PageInfo;
  Query: Record<PropertyKey, never>;
  RemoveMemberInput: RemoveMemberInput;
  RemoveMemberPayload: Omit<RemoveMemberPayload, 'user'> & { user: ResolversParentTypes['User'] };
  RequestBreakGlassInput: RequestBreakGlassInput;
  RevokeInvitationInput: RevokeInvitationInput;
  RevokeInvitationPayload: Omit<RevokeInvitationPayload, 'invitation'> & { invitation: ResolversParentTypes['Invitation'] };
  RotateFirmKeyInput: RotateFirmKeyInput;
  RotateFirmKeyPayload: RotateFirmKeyPayload;
  SetFirmAccessPolicyInput: SetFirmAccessPolicyInput;
  SetFirmAccessPolicyPayload: Omit<SetFirmAccessPolicyPayload, 'firm'> & { firm: ResolversParentTypes['Firm'] };
  SetFirmSignInInput: SetFirmSignInInput;
  SetFirmSignInPayload: Omit<SetFirmSignInPayload, 'firm'> & { firm: ResolversParentTypes['Firm'] };
  SetMemberRoleInput: SetMemberRoleInput;
  SetMemberRolePayload: Omit<SetMemberRolePayload, 'user'> & { user: ResolversParentTypes['User'] };
  ShareSubject: ShareSubject;
  ShareWithClientInput: ShareWithClientInput;
  ShareWithClientPayload: Omit<ShareWithClientPayload, 'client' | 'subject'> & { client: ResolversParentTypes['Client'], subject: ResolversParentTypes['SharedSubject'] };
  SharedSubject: ResolversUnionTypes<ResolversParentTypes>['SharedSubject'];
  String: Scalars['String']['output'];
  Thread: Row;
  ThreadConnection: Connection<Row>;
  ThreadEdge: Omit<ThreadEdge, 'node'> & { node: ResolversParentTypes['Thread'] };
  ThreadFilter: ThreadFilter;
  TimeEntry: Row;
  TimeEntryConnection: Connection<Row>;
  TimeEntryEdge: Omit<TimeEntryEdge, 'node'> & { node: ResolversParentTypes['TimeEntry'] };
  TimeEntryFilter: TimeEntryFilter;
  UnshareWithClientInput: UnshareWithClientInput;
  UnshareWithClientPayload: Omit<UnshareWithClientPayload, 'client' | 'subject'> & { client: ResolversParentTypes['Client'], subject: ResolversParentTypes['SharedSubject'] };
  UpdateClientInput: UpdateClientInput;
  UpdateClientPayload: Omit<UpdateClientPayload, 'client'> & { client: ResolversParentTypes['Client'] };
  UpdateCommentInput: UpdateCommentInput;
  UpdateCommentPayload: Omit<UpdateCommentPayload, 'comment'> & { comment: ResolversParentTypes['Comment'] };
  UpdateDocumentInput: UpdateDocumentInput;
  UpdateDocumentPayload: Omit<UpdateDocumentPayload, 'document'> & { document: ResolversParentTypes['Document'] };
  UpdateInvoiceInput: UpdateInvoiceInput;
  UpdateInvoicePayload: Omit<UpdateInvoicePayload, 'invoice'> & { invoice: ResolversParentTypes['Invoice'] };
  UpdateMessageInput: UpdateMessageInput;
  UpdateMessagePayload: Omit<UpdateMessagePayload, 'message'> & { message: ResolversParentTypes['Message'] };
  UpdateNoteInput: UpdateNoteInput;
  UpdateNotePayload: Omit<UpdateNotePayload, 'note'> & { note: ResolversParentTypes['Note'] };
  UpdateTimeEntryInput: UpdateTimeEntryInput;
  UpdateTimeEntryPayload: Omit<UpdateTimeEntryPayload, 'timeEntry'> & { timeEntry: ResolversParentTypes['TimeEntry'] };
  User: UserRow;
  UserConnection: Connection<UserRow>;
  UserEdge: Omit<UserEdge, 'node'> & { node: ResolversParentTypes['User'] };
};

export type EncryptedDirectiveArgs = {
  class: ContentClass;
  pad?: Maybe<Scalars['Int']['input']>;
};

export type EncryptedDirectiveResolver<Result, Parent, ContextType = RequestContext, Args = EncryptedDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type LimitDirectiveArgs = {
  bytes?: Maybe<Scalars['Int']['input']>;
  fields?: Maybe<Scalars['Int']['input']>;
  form?: Maybe<Scalars['String']['input']>;
  items?: Maybe<Scalars['Int']['input']>;
  line?: Maybe<Scalars['Int']['input']>;
  max?: Maybe<Scalars['Int']['input']>;
  min?: Maybe<Scalars['Int']['input']>;
  nil?: Maybe<Scalars['Boolean']['input']>;
  pattern?: Maybe<Scalars['String']['input']>;
  whole?: Maybe<Scalars['Boolean']['input']>;
};

export type LimitDirectiveResolver<Result, Parent, ContextType = RequestContext, Args = LimitDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type MetadataDirectiveArgs = { };

export type MetadataDirectiveResolver<Result, Parent, ContextType = RequestContext, Args = MetadataDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type AcceptInvitationPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AcceptInvitationPayload'] = ResolversParentTypes['AcceptInvitationPayload']> = {
  firmId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type AcknowledgeAlertPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AcknowledgeAlertPayload'] = ResolversParentTypes['AcknowledgeAlertPayload']> = {
  alert?: Resolver<ResolversTypes['Alert'], ParentType, ContextType>;
};

export type AlertResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Alert'] = ResolversParentTypes['Alert']> = {
  acknowledgedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  acknowledgedBy?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  acknowledgedById?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  actorId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  firmId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isAcknowledged?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  lastAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  leaseId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  openedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  rule?: Resolver<ResolversTypes['AlertRule'], ParentType, ContextType>;
  severity?: Resolver<ResolversTypes['AlertSeverity'], ParentType, ContextType>;
  subject?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  summary?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AlertConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AlertConnection'] = ResolversParentTypes['AlertConnection']> = {
  edges?: Resolver<Array<ResolversTypes['AlertEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Alert']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type AlertEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AlertEdge'] = ResolversParentTypes['AlertEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Alert'], ParentType, ContextType>;
};

export type ApproveJobPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ApproveJobPayload'] = ResolversParentTypes['ApproveJobPayload']> = {
  job?: Resolver<ResolversTypes['FirmJob'], ParentType, ContextType>;
};

export type AuditCheckpointResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AuditCheckpoint'] = ResolversParentTypes['AuditCheckpoint']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  firmId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  note?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  origin?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  root?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  rootInclusion?: Resolver<Maybe<ResolversTypes['AuditRootInclusion']>, ParentType, ContextType>;
  size?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type AuditConsistencyProofResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AuditConsistencyProof'] = ResolversParentTypes['AuditConsistencyProof']> = {
  from?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  hashes?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  origin?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  to?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type AuditEntryResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AuditEntry'] = ResolversParentTypes['AuditEntry']> = {
  action?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  actorId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  actorRoles?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  bootId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  coordinates?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  decision?: Resolver<ResolversTypes['AuditDecision'], ParentType, ContextType>;
  documentHash?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  firmId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  index?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  keys?: Resolver<Array<ResolversTypes['AuditKeyUse']>, ParentType, ContextType>;
  leaf?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  leaseId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  plane?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  recordIds?: Resolver<Array<ResolversTypes['ID']>, ParentType, ContextType>;
  requestId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  sequence?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AuditEntryConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AuditEntryConnection'] = ResolversParentTypes['AuditEntryConnection']> = {
  edges?: Resolver<Array<ResolversTypes['AuditEntryEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['AuditEntry']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type AuditEntryEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AuditEntryEdge'] = ResolversParentTypes['AuditEntryEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['AuditEntry'], ParentType, ContextType>;
};

export type AuditInclusionProofResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AuditInclusionProof'] = ResolversParentTypes['AuditInclusionProof']> = {
  checkpoint?: Resolver<ResolversTypes['AuditCheckpoint'], ParentType, ContextType>;
  entryId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  file?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  hashes?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  index?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  leafHash?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  size?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type AuditKeyUseResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AuditKeyUse'] = ResolversParentTypes['AuditKeyUse']> = {
  class?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  requestId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type AuditRootInclusionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AuditRootInclusion'] = ResolversParentTypes['AuditRootInclusion']> = {
  hashes?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  index?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  note?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  size?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type BreakGlassLeaseResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['BreakGlassLease'] = ResolversParentTypes['BreakGlassLease']> = {
  activatedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  approvals?: Resolver<Array<ResolversTypes['LeaseApproval']>, ParentType, ContextType>;
  classes?: Resolver<Array<ResolversTypes['ContentClass']>, ParentType, ContextType>;
  coordinates?: Resolver<Maybe<Array<ResolversTypes['String']>>, ParentType, ContextType>;
  endedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  events?: Resolver<Array<ResolversTypes['LeaseEvent']>, ParentType, ContextType>;
  expiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  firm?: Resolver<ResolversTypes['Firm'], ParentType, ContextType>;
  firmId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isReviewed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  minutes?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  openings?: Resolver<Maybe<ResolversTypes['LeaseOpeningConnection']>, ParentType, ContextType, Partial<BreakGlassLeaseOpeningsArgs>>;
  purpose?: Resolver<ResolversTypes['LeasePurpose'], ParentType, ContextType>;
  readBudget?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  recordIds?: Resolver<Maybe<Array<ResolversTypes['ID']>>, ParentType, ContextType>;
  requestHash?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  requestedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  requestedById?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  requester?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  reviewedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  reviewedById?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  state?: Resolver<ResolversTypes['LeaseState'], ParentType, ContextType>;
  ticket?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  used?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type BreakGlassLeaseConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['BreakGlassLeaseConnection'] = ResolversParentTypes['BreakGlassLeaseConnection']> = {
  edges?: Resolver<Array<ResolversTypes['BreakGlassLeaseEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['BreakGlassLease']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type BreakGlassLeaseEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['BreakGlassLeaseEdge'] = ResolversParentTypes['BreakGlassLeaseEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['BreakGlassLease'], ParentType, ContextType>;
};

export type BreakGlassLeasePayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['BreakGlassLeasePayload'] = ResolversParentTypes['BreakGlassLeasePayload']> = {
  lease?: Resolver<ResolversTypes['BreakGlassLease'], ParentType, ContextType>;
};

export type CancelOwnerRecoveryPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['CancelOwnerRecoveryPayload'] = ResolversParentTypes['CancelOwnerRecoveryPayload']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type ClientResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Client'] = ResolversParentTypes['Client']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  email?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  firmId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  members?: Resolver<ResolversTypes['UserConnection'], ParentType, ContextType, Partial<ClientMembersArgs>>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  revision?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['ClientStatus'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ClientConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ClientConnection'] = ResolversParentTypes['ClientConnection']> = {
  edges?: Resolver<Array<ResolversTypes['ClientEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Client']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ClientEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ClientEdge'] = ResolversParentTypes['ClientEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Client'], ParentType, ContextType>;
};

export type CommentResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Comment'] = ResolversParentTypes['Comment']> = {
  author?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  document?: Resolver<Maybe<ResolversTypes['Document']>, ParentType, ContextType>;
  firmId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  invoice?: Resolver<Maybe<ResolversTypes['Invoice']>, ParentType, ContextType>;
  message?: Resolver<Maybe<ResolversTypes['Message']>, ParentType, ContextType>;
  note?: Resolver<Maybe<ResolversTypes['Note']>, ParentType, ContextType>;
  revision?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  text?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CommentConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['CommentConnection'] = ResolversParentTypes['CommentConnection']> = {
  edges?: Resolver<Array<ResolversTypes['CommentEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Comment']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type CommentEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['CommentEdge'] = ResolversParentTypes['CommentEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Comment'], ParentType, ContextType>;
};

export type CreateClientPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['CreateClientPayload'] = ResolversParentTypes['CreateClientPayload']> = {
  client?: Resolver<ResolversTypes['Client'], ParentType, ContextType>;
};

export type CreateCommentPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['CreateCommentPayload'] = ResolversParentTypes['CreateCommentPayload']> = {
  comment?: Resolver<ResolversTypes['Comment'], ParentType, ContextType>;
};

export type CreateDocumentPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['CreateDocumentPayload'] = ResolversParentTypes['CreateDocumentPayload']> = {
  document?: Resolver<ResolversTypes['Document'], ParentType, ContextType>;
  uploadPath?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type CreateDocumentVersionPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['CreateDocumentVersionPayload'] = ResolversParentTypes['CreateDocumentVersionPayload']> = {
  documentVersion?: Resolver<ResolversTypes['DocumentVersion'], ParentType, ContextType>;
  uploadPath?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type CreateDownloadPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['CreateDownloadPayload'] = ResolversParentTypes['CreateDownloadPayload']> = {
  path?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type CreateInvoicePayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['CreateInvoicePayload'] = ResolversParentTypes['CreateInvoicePayload']> = {
  invoice?: Resolver<ResolversTypes['Invoice'], ParentType, ContextType>;
};

export type CreateMessagePayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['CreateMessagePayload'] = ResolversParentTypes['CreateMessagePayload']> = {
  message?: Resolver<ResolversTypes['Message'], ParentType, ContextType>;
};

export type CreateNotePayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['CreateNotePayload'] = ResolversParentTypes['CreateNotePayload']> = {
  note?: Resolver<ResolversTypes['Note'], ParentType, ContextType>;
};

export type CreateThreadPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['CreateThreadPayload'] = ResolversParentTypes['CreateThreadPayload']> = {
  thread?: Resolver<ResolversTypes['Thread'], ParentType, ContextType>;
};

export type CreateTimeEntryPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['CreateTimeEntryPayload'] = ResolversParentTypes['CreateTimeEntryPayload']> = {
  timeEntry?: Resolver<ResolversTypes['TimeEntry'], ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export interface DecimalScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Decimal'], any> {
  name: 'Decimal';
}

export type DeleteCommentPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['DeleteCommentPayload'] = ResolversParentTypes['DeleteCommentPayload']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type DeleteDocumentPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['DeleteDocumentPayload'] = ResolversParentTypes['DeleteDocumentPayload']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type DeleteInvoicePayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['DeleteInvoicePayload'] = ResolversParentTypes['DeleteInvoicePayload']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type DeleteMessagePayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['DeleteMessagePayload'] = ResolversParentTypes['DeleteMessagePayload']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type DeleteNotePayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['DeleteNotePayload'] = ResolversParentTypes['DeleteNotePayload']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type DeleteTimeEntryPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['DeleteTimeEntryPayload'] = ResolversParentTypes['DeleteTimeEntryPayload']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type DenyJobPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['DenyJobPayload'] = ResolversParentTypes['DenyJobPayload']> = {
  job?: Resolver<ResolversTypes['FirmJob'], ParentType, ContextType>;
};

export type DocumentResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Document'] = ResolversParentTypes['Document']> = {
  author?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  bucket?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  byteSize?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  client?: Resolver<Maybe<ResolversTypes['Client']>, ParentType, ContextType>;
  comments?: Resolver<Maybe<ResolversTypes['CommentConnection']>, ParentType, ContextType, RequireFields<DocumentCommentsArgs, 'orderBy'>>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  firmId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  mimeType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  objectKey?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  revision?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sha256?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  sharedWith?: Resolver<Array<ResolversTypes['Client']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['DocumentStatus'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  versions?: Resolver<Array<ResolversTypes['DocumentVersion']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type DocumentConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['DocumentConnection'] = ResolversParentTypes['DocumentConnection']> = {
  edges?: Resolver<Array<ResolversTypes['DocumentEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Document']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type DocumentEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['DocumentEdge'] = ResolversParentTypes['DocumentEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Document'], ParentType, ContextType>;
};

export type DocumentVersionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['DocumentVersion'] = ResolversParentTypes['DocumentVersion']> = {
  author?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  bucket?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  byteSize?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  changeSummary?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  document?: Resolver<Maybe<ResolversTypes['Document']>, ParentType, ContextType>;
  firmId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  number?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  objectKey?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  revision?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sha256?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type FirmResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Firm'] = ResolversParentTypes['Firm']> = {
  accessPolicy?: Resolver<Maybe<ResolversTypes['FirmAccessPolicy']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  invitations?: Resolver<Maybe<Array<ResolversTypes['Invitation']>>, ParentType, ContextType>;
  members?: Resolver<Maybe<ResolversTypes['UserConnection']>, ParentType, ContextType, Partial<FirmMembersArgs>>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  ownerRecovery?: Resolver<Maybe<ResolversTypes['OwnerRecovery']>, ParentType, ContextType>;
  revision?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  signIn?: Resolver<Maybe<ResolversTypes['FirmSignIn']>, ParentType, ContextType>;
  slug?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['FirmStatus'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type FirmAccessPolicyResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['FirmAccessPolicy'] = ResolversParentTypes['FirmAccessPolicy']> = {
  approvers?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  policy?: Resolver<ResolversTypes['FirmPolicy'], ParentType, ContextType>;
};

export type FirmConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['FirmConnection'] = ResolversParentTypes['FirmConnection']> = {
  edges?: Resolver<Array<ResolversTypes['FirmEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Firm']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type FirmEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['FirmEdge'] = ResolversParentTypes['FirmEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Firm'], ParentType, ContextType>;
};

export type FirmJobResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['FirmJob'] = ResolversParentTypes['FirmJob']> = {
  askedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  class?: Resolver<Maybe<ResolversTypes['FirmKeyClass']>, ParentType, ContextType>;
  done?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  endedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  failed?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  firmId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['JobKind'], ParentType, ContextType>;
  needs?: Resolver<Maybe<ResolversTypes['JobConsent']>, ParentType, ContextType>;
  requestHash?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['JobState'], ParentType, ContextType>;
  subject?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  terms?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  total?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  trouble?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  version?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type FirmKeyResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['FirmKey'] = ResolversParentTypes['FirmKey']> = {
  class?: Resolver<ResolversTypes['FirmKeyClass'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  firmId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isOwn?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  ownKeySince?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  ownKeyState?: Resolver<Maybe<ResolversTypes['OwnKeyState']>, ParentType, ContextType>;
  sealed?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['FirmKeyState'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type FirmOwnedResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['FirmOwned'] = ResolversParentTypes['FirmOwned']> = {
  __resolveType: TypeResolveFn<'Client' | 'Comment' | 'Document' | 'DocumentVersion' | 'Invoice' | 'InvoiceLineItem' | 'Message' | 'Note' | 'Thread' | 'TimeEntry', ParentType, ContextType>;
};

export type FirmSignInResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['FirmSignIn'] = ResolversParentTypes['FirmSignIn']> = {
  domains?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  issuers?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
};

export type InvitationResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Invitation'] = ResolversParentTypes['Invitation']> = {
  clientId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  email?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  invitedBy?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  isSent?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  role?: Resolver<ResolversTypes['FirmRole'], ParentType, ContextType>;
};

export type InviteMemberPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['InviteMemberPayload'] = ResolversParentTypes['InviteMemberPayload']> = {
  invitation?: Resolver<ResolversTypes['Invitation'], ParentType, ContextType>;
  path?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type InvoiceResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Invoice'] = ResolversParentTypes['Invoice']> = {
  amountDue?: Resolver<Maybe<ResolversTypes['Decimal']>, ParentType, ContextType>;
  author?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  client?: Resolver<Maybe<ResolversTypes['Client']>, ParentType, ContextType>;
  comments?: Resolver<Maybe<ResolversTypes['CommentConnection']>, ParentType, ContextType, RequireFields<InvoiceCommentsArgs, 'orderBy'>>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  currency?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  dueAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  firmId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  issuedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  lineItems?: Resolver<Array<ResolversTypes['InvoiceLineItem']>, ParentType, ContextType>;
  memo?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  number?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  revision?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sharedWith?: Resolver<Array<ResolversTypes['Client']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['InvoiceStatus'], ParentType, ContextType>;
  total?: Resolver<Maybe<ResolversTypes['Decimal']>, ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type InvoiceConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['InvoiceConnection'] = ResolversParentTypes['InvoiceConnection']> = {
  edges?: Resolver<Array<ResolversTypes['InvoiceEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Invoice']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type InvoiceEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['InvoiceEdge'] = ResolversParentTypes['InvoiceEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Invoice'], ParentType, ContextType>;
};

export type InvoiceLineItemResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['InvoiceLineItem'] = ResolversParentTypes['InvoiceLineItem']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  firmId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  invoice?: Resolver<Maybe<ResolversTypes['Invoice']>, ParentType, ContextType>;
  position?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  quantity?: Resolver<Maybe<ResolversTypes['Decimal']>, ParentType, ContextType>;
  revision?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  unitAmount?: Resolver<Maybe<ResolversTypes['Decimal']>, ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON';
}

export type LeaseApprovalResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['LeaseApproval'] = ResolversParentTypes['LeaseApproval']> = {
  approvedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  requestHash?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  side?: Resolver<ResolversTypes['LeaseSide'], ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type LeaseEventResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['LeaseEvent'] = ResolversParentTypes['LeaseEvent']> = {
  actorId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  fromState?: Resolver<Maybe<ResolversTypes['LeaseState']>, ParentType, ContextType>;
  toState?: Resolver<ResolversTypes['LeaseState'], ParentType, ContextType>;
};

export type LeaseOpeningResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['LeaseOpening'] = ResolversParentTypes['LeaseOpening']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  coordinates?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  recordIds?: Resolver<Array<ResolversTypes['ID']>, ParentType, ContextType>;
  requestId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type LeaseOpeningConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['LeaseOpeningConnection'] = ResolversParentTypes['LeaseOpeningConnection']> = {
  edges?: Resolver<Array<ResolversTypes['LeaseOpeningEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['LeaseOpening']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type LeaseOpeningEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['LeaseOpeningEdge'] = ResolversParentTypes['LeaseOpeningEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['LeaseOpening'], ParentType, ContextType>;
};

export type MessageResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Message'] = ResolversParentTypes['Message']> = {
  author?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  body?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  comments?: Resolver<Maybe<ResolversTypes['CommentConnection']>, ParentType, ContextType, RequireFields<MessageCommentsArgs, 'orderBy'>>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  firmId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  revision?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  subject?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  thread?: Resolver<Maybe<ResolversTypes['Thread']>, ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MessageConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['MessageConnection'] = ResolversParentTypes['MessageConnection']> = {
  edges?: Resolver<Array<ResolversTypes['MessageEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Message']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type MessageEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['MessageEdge'] = ResolversParentTypes['MessageEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Message'], ParentType, ContextType>;
};

export type MutationResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  acceptInvitation?: Resolver<Maybe<ResolversTypes['AcceptInvitationPayload']>, ParentType, ContextType, RequireFields<MutationAcceptInvitationArgs, 'input'>>;
  acknowledgeAlert?: Resolver<Maybe<ResolversTypes['AcknowledgeAlertPayload']>, ParentType, ContextType, RequireFields<MutationAcknowledgeAlertArgs, 'input'>>;
  activateBreakGlass?: Resolver<Maybe<ResolversTypes['BreakGlassLeasePayload']>, ParentType, ContextType, RequireFields<MutationActivateBreakGlassArgs, 'leaseId'>>;
  approveBreakGlass?: Resolver<Maybe<ResolversTypes['BreakGlassLeasePayload']>, ParentType, ContextType, RequireFields<MutationApproveBreakGlassArgs, 'leaseId' | 'requestHash'>>;
  approveJob?: Resolver<Maybe<ResolversTypes['ApproveJobPayload']>, ParentType, ContextType, RequireFields<MutationApproveJobArgs, 'input'>>;
  cancelBreakGlass?: Resolver<Maybe<ResolversTypes['BreakGlassLeasePayload']>, ParentType, ContextType, RequireFields<MutationCancelBreakGlassArgs, 'leaseId'>>;
  cancelOwnerRecovery?: Resolver<Maybe<ResolversTypes['CancelOwnerRecoveryPayload']>, ParentType, ContextType>;
  createClient?: Resolver<Maybe<ResolversTypes['CreateClientPayload']>, ParentType, ContextType, RequireFields<MutationCreateClientArgs, 'input'>>;
  createComment?: Resolver<Maybe<ResolversTypes['CreateCommentPayload']>, ParentType, ContextType, RequireFields<MutationCreateCommentArgs, 'input'>>;
  createDocument?: Resolver<Maybe<ResolversTypes['CreateDocumentPayload']>, ParentType, ContextType, RequireFields<MutationCreateDocumentArgs, 'input'>>;
  createDocumentVersion?: Resolver<Maybe<ResolversTypes['CreateDocumentVersionPayload']>, ParentType, ContextType, RequireFields<MutationCreateDocumentVersionArgs, 'input'>>;
  createDownload?: Resolver<Maybe<ResolversTypes['CreateDownloadPayload']>, ParentType, ContextType, RequireFields<MutationCreateDownloadArgs, 'input'>>;
  createInvoice?: Resolver<Maybe<ResolversTypes['CreateInvoicePayload']>, ParentType, ContextType, RequireFields<MutationCreateInvoiceArgs, 'input'>>;
  createMessage?: Resolver<Maybe<ResolversTypes['CreateMessagePayload']>, ParentType, ContextType, RequireFields<MutationCreateMessageArgs, 'input'>>;
  createNote?: Resolver<Maybe<ResolversTypes['CreateNotePayload']>, ParentType, ContextType, RequireFields<MutationCreateNoteArgs, 'input'>>;
  createThread?: Resolver<Maybe<ResolversTypes['CreateThreadPayload']>, ParentType, ContextType, RequireFields<MutationCreateThreadArgs, 'input'>>;
  createTimeEntry?: Resolver<Maybe<ResolversTypes['CreateTimeEntryPayload']>, ParentType, ContextType, RequireFields<MutationCreateTimeEntryArgs, 'input'>>;
  deleteComment?: Resolver<Maybe<ResolversTypes['DeleteCommentPayload']>, ParentType, ContextType, RequireFields<MutationDeleteCommentArgs, 'input'>>;
  deleteDocument?: Resolver<Maybe<ResolversTypes['DeleteDocumentPayload']>, ParentType, ContextType, RequireFields<MutationDeleteDocumentArgs, 'input'>>;
  deleteInvoice?: Resolver<Maybe<ResolversTypes['DeleteInvoicePayload']>, ParentType, ContextType, RequireFields<MutationDeleteInvoiceArgs, 'input'>>;
  deleteMessage?: Resolver<Maybe<ResolversTypes['DeleteMessagePayload']>, ParentType, ContextType, RequireFields<MutationDeleteMessageArgs, 'input'>>;
  deleteNote?: Resolver<Maybe<ResolversTypes['DeleteNotePayload']>, ParentType, ContextType, RequireFields<MutationDeleteNoteArgs, 'input'>>;
  deleteTimeEntry?: Resolver<Maybe<ResolversTypes['DeleteTimeEntryPayload']>, ParentType, ContextType, RequireFields<MutationDeleteTimeEntryArgs, 'input'>>;
  denyBreakGlass?: Resolver<Maybe<ResolversTypes['BreakGlassLeasePayload']>, ParentType, ContextType, RequireFields<MutationDenyBreakGlassArgs, 'leaseId'>>;
  denyJob?: Resolver<Maybe<ResolversTypes['DenyJobPayload']>, ParentType, ContextType, RequireFields<MutationDenyJobArgs, 'input'>>;
  inviteMember?: Resolver<Maybe<ResolversTypes['InviteMemberPayload']>, ParentType, ContextType, RequireFields<MutationInviteMemberArgs, 'input'>>;
  releaseBreakGlass?: Resolver<Maybe<ResolversTypes['BreakGlassLeasePayload']>, ParentType, ContextType, RequireFields<MutationReleaseBreakGlassArgs, 'leaseId'>>;
  removeMember?: Resolver<Maybe<ResolversTypes['RemoveMemberPayload']>, ParentType, ContextType, RequireFields<MutationRemoveMemberArgs, 'input'>>;
  requestBreakGlass?: Resolver<Maybe<ResolversTypes['BreakGlassLeasePayload']>, ParentType, ContextType, RequireFields<MutationRequestBreakGlassArgs, 'input'>>;
  reviewBreakGlass?: Resolver<Maybe<ResolversTypes['BreakGlassLeasePayload']>, ParentType, ContextType, RequireFields<MutationReviewBreakGlassArgs, 'leaseId'>>;
  revokeBreakGlass?: Resolver<Maybe<ResolversTypes['BreakGlassLeasePayload']>, ParentType, ContextType, RequireFields<MutationRevokeBreakGlassArgs, 'leaseId'>>;
  revokeInvitation?: Resolver<Maybe<ResolversTypes['RevokeInvitationPayload']>, ParentType, ContextType, RequireFields<MutationRevokeInvitationArgs, 'input'>>;
  rotateFirmKey?: Resolver<Maybe<ResolversTypes['RotateFirmKeyPayload']>, ParentType, ContextType, RequireFields<MutationRotateFirmKeyArgs, 'input'>>;
  setFirmAccessPolicy?: Resolver<Maybe<ResolversTypes['SetFirmAccessPolicyPayload']>, ParentType, ContextType, RequireFields<MutationSetFirmAccessPolicyArgs, 'input'>>;
  setFirmSignIn?: Resolver<Maybe<ResolversTypes['SetFirmSignInPayload']>, ParentType, ContextType, RequireFields<MutationSetFirmSignInArgs, 'input'>>;
  setMemberRole?: Resolver<Maybe<ResolversTypes['SetMemberRolePayload']>, ParentType, ContextType, RequireFields<MutationSetMemberRoleArgs, 'input'>>;
  shareWithClient?: Resolver<Maybe<ResolversTypes['ShareWithClientPayload']>, ParentType, ContextType, RequireFields<MutationShareWithClientArgs, 'input'>>;
  unshareWithClient?: Resolver<Maybe<ResolversTypes['UnshareWithClientPayload']>, ParentType, ContextType, RequireFields<MutationUnshareWithClientArgs, 'input'>>;
  updateClient?: Resolver<Maybe<ResolversTypes['UpdateClientPayload']>, ParentType, ContextType, RequireFields<MutationUpdateClientArgs, 'input'>>;
  updateComment?: Resolver<Maybe<ResolversTypes['UpdateCommentPayload']>, ParentType, ContextType, RequireFields<MutationUpdateCommentArgs, 'input'>>;
  updateDocument?: Resolver<Maybe<ResolversTypes['UpdateDocumentPayload']>, ParentType, ContextType, RequireFields<MutationUpdateDocumentArgs, 'input'>>;
  updateInvoice?: Resolver<Maybe<ResolversTypes['UpdateInvoicePayload']>, ParentType, ContextType, RequireFields<MutationUpdateInvoiceArgs, 'input'>>;
  updateMessage?: Resolver<Maybe<ResolversTypes['UpdateMessagePayload']>, ParentType, ContextType, RequireFields<MutationUpdateMessageArgs, 'input'>>;
  updateNote?: Resolver<Maybe<ResolversTypes['UpdateNotePayload']>, ParentType, ContextType, RequireFields<MutationUpdateNoteArgs, 'input'>>;
  updateTimeEntry?: Resolver<Maybe<ResolversTypes['UpdateTimeEntryPayload']>, ParentType, ContextType, RequireFields<MutationUpdateTimeEntryArgs, 'input'>>;
};

export type NodeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'Alert' | 'AuditEntry' | 'BreakGlassLease' | 'Client' | 'Comment' | 'Document' | 'DocumentVersion' | 'Firm' | 'Invoice' | 'InvoiceLineItem' | 'Message' | 'Note' | 'Notice' | 'Thread' | 'TimeEntry' | 'User', ParentType, ContextType>;
};

export type NoteResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Note'] = ResolversParentTypes['Note']> = {
  author?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  body?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  comments?: Resolver<Maybe<ResolversTypes['CommentConnection']>, ParentType, ContextType, RequireFields<NoteCommentsArgs, 'orderBy'>>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  firmId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  revision?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  title?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type NoteConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['NoteConnection'] = ResolversParentTypes['NoteConnection']> = {
  edges?: Resolver<Array<ResolversTypes['NoteEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Note']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type NoteEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['NoteEdge'] = ResolversParentTypes['NoteEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Note'], ParentType, ContextType>;
};

export type NoticeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Notice'] = ResolversParentTypes['Notice']> = {
  actor?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  delivery?: Resolver<Maybe<ResolversTypes['NoticeDelivery']>, ParentType, ContextType>;
  firmId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  invitationId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  jobId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  jobKind?: Resolver<Maybe<ResolversTypes['JobKind']>, ParentType, ContextType>;
  jobState?: Resolver<Maybe<ResolversTypes['JobState']>, ParentType, ContextType>;
  keyState?: Resolver<Maybe<ResolversTypes['OwnKeyState']>, ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['NoticeKind'], ParentType, ContextType>;
  lastAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  leaseId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  repeats?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  role?: Resolver<Maybe<ResolversTypes['FirmRole']>, ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type NoticeConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['NoticeConnection'] = ResolversParentTypes['NoticeConnection']> = {
  edges?: Resolver<Array<ResolversTypes['NoticeEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Notice']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type NoticeDeliveryResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['NoticeDelivery'] = ResolversParentTypes['NoticeDelivery']> = {
  attempts?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  deliveredAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  nextAttemptAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  outcome?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type NoticeEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['NoticeEdge'] = ResolversParentTypes['NoticeEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Notice'], ParentType, ContextType>;
};

export type OwnerRecoveryResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['OwnerRecovery'] = ResolversParentTypes['OwnerRecovery']> = {
  approvedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  possibleAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  requestedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  alerts?: Resolver<ResolversTypes['AlertConnection'], ParentType, ContextType, RequireFields<QueryAlertsArgs, 'orderBy'>>;
  auditCheckpoint?: Resolver<Maybe<ResolversTypes['AuditCheckpoint']>, ParentType, ContextType, Partial<QueryAuditCheckpointArgs>>;
  auditConsistencyProof?: Resolver<Maybe<ResolversTypes['AuditConsistencyProof']>, ParentType, ContextType, RequireFields<QueryAuditConsistencyProofArgs, 'from' | 'to'>>;
  auditEntries?: Resolver<ResolversTypes['AuditEntryConnection'], ParentType, ContextType, RequireFields<QueryAuditEntriesArgs, 'orderBy'>>;
  auditInclusionProof?: Resolver<Maybe<ResolversTypes['AuditInclusionProof']>, ParentType, ContextType, RequireFields<QueryAuditInclusionProofArgs, 'entryId'>>;
  breakGlassLease?: Resolver<Maybe<ResolversTypes['BreakGlassLease']>, ParentType, ContextType, RequireFields<QueryBreakGlassLeaseArgs, 'id'>>;
  breakGlassLeases?: Resolver<ResolversTypes['BreakGlassLeaseConnection'], ParentType, ContextType, RequireFields<QueryBreakGlassLeasesArgs, 'orderBy'>>;
  client?: Resolver<Maybe<ResolversTypes['Client']>, ParentType, ContextType, RequireFields<QueryClientArgs, 'id'>>;
  clients?: Resolver<ResolversTypes['ClientConnection'], ParentType, ContextType, RequireFields<QueryClientsArgs, 'orderBy'>>;
  document?: Resolver<Maybe<ResolversTypes['Document']>, ParentType, ContextType, RequireFields<QueryDocumentArgs, 'id'>>;
  documents?: Resolver<ResolversTypes['DocumentConnection'], ParentType, ContextType, RequireFields<QueryDocumentsArgs, 'orderBy'>>;
  firm?: Resolver<Maybe<ResolversTypes['Firm']>, ParentType, ContextType, RequireFields<QueryFirmArgs, 'id'>>;
  firmJobs?: Resolver<Maybe<Array<ResolversTypes['FirmJob']>>, ParentType, ContextType>;
  firmKeys?: Resolver<Maybe<Array<ResolversTypes['FirmKey']>>, ParentType, ContextType>;
  firms?: Resolver<ResolversTypes['FirmConnection'], ParentType, ContextType, RequireFields<QueryFirmsArgs, 'orderBy'>>;
  invoice?: Resolver<Maybe<ResolversTypes['Invoice']>, ParentType, ContextType, RequireFields<QueryInvoiceArgs, 'id'>>;
  invoices?: Resolver<ResolversTypes['InvoiceConnection'], ParentType, ContextType, RequireFields<QueryInvoicesArgs, 'orderBy'>>;
  message?: Resolver<Maybe<ResolversTypes['Message']>, ParentType, ContextType, RequireFields<QueryMessageArgs, 'id'>>;
  messages?: Resolver<ResolversTypes['MessageConnection'], ParentType, ContextType, RequireFields<QueryMessagesArgs, 'orderBy' | 'threadId'>>;
  node?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType, RequireFields<QueryNodeArgs, 'id'>>;
  note?: Resolver<Maybe<ResolversTypes['Note']>, ParentType, ContextType, RequireFields<QueryNoteArgs, 'id'>>;
  notes?: Resolver<ResolversTypes['NoteConnection'], ParentType, ContextType, RequireFields<QueryNotesArgs, 'orderBy'>>;
  notices?: Resolver<ResolversTypes['NoticeConnection'], ParentType, ContextType, RequireFields<QueryNoticesArgs, 'orderBy'>>;
  thread?: Resolver<Maybe<ResolversTypes['Thread']>, ParentType, ContextType, RequireFields<QueryThreadArgs, 'id'>>;
  threads?: Resolver<ResolversTypes['ThreadConnection'], ParentType, ContextType, RequireFields<QueryThreadsArgs, 'orderBy'>>;
  timeEntries?: Resolver<ResolversTypes['TimeEntryConnection'], ParentType, ContextType, RequireFields<QueryTimeEntriesArgs, 'orderBy'>>;
  timeEntry?: Resolver<Maybe<ResolversTypes['TimeEntry']>, ParentType, ContextType, RequireFields<QueryTimeEntryArgs, 'id'>>;
  viewer?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type RemoveMemberPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['RemoveMemberPayload'] = ResolversParentTypes['RemoveMemberPayload']> = {
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type RevokeInvitationPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['RevokeInvitationPayload'] = ResolversParentTypes['RevokeInvitationPayload']> = {
  invitation?: Resolver<ResolversTypes['Invitation'], ParentType, ContextType>;
};

export type RotateFirmKeyPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['RotateFirmKeyPayload'] = ResolversParentTypes['RotateFirmKeyPayload']> = {
  jobId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type SetFirmAccessPolicyPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['SetFirmAccessPolicyPayload'] = ResolversParentTypes['SetFirmAccessPolicyPayload']> = {
  firm?: Resolver<ResolversTypes['Firm'], ParentType, ContextType>;
};

export type SetFirmSignInPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['SetFirmSignInPayload'] = ResolversParentTypes['SetFirmSignInPayload']> = {
  firm?: Resolver<ResolversTypes['Firm'], ParentType, ContextType>;
};

export type SetMemberRolePayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['SetMemberRolePayload'] = ResolversParentTypes['SetMemberRolePayload']> = {
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type ShareWithClientPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ShareWithClientPayload'] = ResolversParentTypes['ShareWithClientPayload']> = {
  client?: Resolver<ResolversTypes['Client'], ParentType, ContextType>;
  subject?: Resolver<ResolversTypes['SharedSubject'], ParentType, ContextType>;
};

export type SharedSubjectResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['SharedSubject'] = ResolversParentTypes['SharedSubject']> = {
  __resolveType: TypeResolveFn<'Document' | 'Invoice' | 'Thread', ParentType, ContextType>;
};

export type ThreadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Thread'] = ResolversParentTypes['Thread']> = {
  author?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  client?: Resolver<Maybe<ResolversTypes['Client']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  firmId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  messages?: Resolver<ResolversTypes['MessageConnection'], ParentType, ContextType, RequireFields<ThreadMessagesArgs, 'orderBy'>>;
  revision?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sharedWith?: Resolver<Array<ResolversTypes['Client']>, ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ThreadConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ThreadConnection'] = ResolversParentTypes['ThreadConnection']> = {
  edges?: Resolver<Array<ResolversTypes['ThreadEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Thread']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ThreadEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ThreadEdge'] = ResolversParentTypes['ThreadEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Thread'], ParentType, ContextType>;
};

export type TimeEntryResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['TimeEntry'] = ResolversParentTypes['TimeEntry']> = {
  author?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  client?: Resolver<Maybe<ResolversTypes['Client']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  firmId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  minutes?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  revision?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  startedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TimeEntryConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['TimeEntryConnection'] = ResolversParentTypes['TimeEntryConnection']> = {
  edges?: Resolver<Array<ResolversTypes['TimeEntryEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['TimeEntry']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type TimeEntryEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['TimeEntryEdge'] = ResolversParentTypes['TimeEntryEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['TimeEntry'], ParentType, ContextType>;
};

export type UnshareWithClientPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['UnshareWithClientPayload'] = ResolversParentTypes['UnshareWithClientPayload']> = {
  client?: Resolver<ResolversTypes['Client'], ParentType, ContextType>;
  subject?: Resolver<ResolversTypes['SharedSubject'], ParentType, ContextType>;
};

export type UpdateClientPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['UpdateClientPayload'] = ResolversParentTypes['UpdateClientPayload']> = {
  client?: Resolver<ResolversTypes['Client'], ParentType, ContextType>;
};

export type UpdateCommentPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['UpdateCommentPayload'] = ResolversParentTypes['UpdateCommentPayload']> = {
  comment?: Resolver<ResolversTypes['Comment'], ParentType, ContextType>;
};

export type UpdateDocumentPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['UpdateDocumentPayload'] = ResolversParentTypes['UpdateDocumentPayload']> = {
  document?: Resolver<ResolversTypes['Document'], ParentType, ContextType>;
};

export type UpdateInvoicePayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['UpdateInvoicePayload'] = ResolversParentTypes['UpdateInvoicePayload']> = {
  invoice?: Resolver<ResolversTypes['Invoice'], ParentType, ContextType>;
};

export type UpdateMessagePayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['UpdateMessagePayload'] = ResolversParentTypes['UpdateMessagePayload']> = {
  message?: Resolver<ResolversTypes['Message'], ParentType, ContextType>;
};

export type UpdateNotePayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['UpdateNotePayload'] = ResolversParentTypes['UpdateNotePayload']> = {
  note?: Resolver<ResolversTypes['Note'], ParentType, ContextType>;
};

export type UpdateTimeEntryPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['UpdateTimeEntryPayload'] = ResolversParentTypes['UpdateTimeEntryPayload']> = {
  timeEntry?: Resolver<ResolversTypes['TimeEntry'], ParentType, ContextType>;
};

export type UserResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User']> = {
  client?: Resolver<Maybe<ResolversTypes['Client']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  email?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  firm?: Resolver<Maybe<ResolversTypes['Firm']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  notices?: Resolver<Maybe<ResolversTypes['NoticeConnection']>, ParentType, ContextType, RequireFields<UserNoticesArgs, 'orderBy'>>;
  operatorRoles?: Resolver<Array<ResolversTypes['OperatorRole']>, ParentType, ContextType>;
  removedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  role?: Resolver<Maybe<ResolversTypes['FirmRole']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UserConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['UserConnection'] = ResolversParentTypes['UserConnection']> = {
  edges?: Resolver<Array<ResolversTypes['UserEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['User']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type UserEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['UserEdge'] = ResolversParentTypes['UserEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type Resolvers<ContextType = RequestContext> = {
  AcceptInvitationPayload?: AcceptInvitationPayloadResolvers<ContextType>;
  AcknowledgeAlertPayload?: AcknowledgeAlertPayloadResolvers<ContextType>;
  Alert?: AlertResolvers<ContextType>;
  AlertConnection?: AlertConnectionResolvers<ContextType>;
  AlertEdge?: AlertEdgeResolvers<ContextType>;
  ApproveJobPayload?: ApproveJobPayloadResolvers<ContextType>;
  AuditCheckpoint?: AuditCheckpointResolvers<ContextType>;
  AuditConsistencyProof?: AuditConsistencyProofResolvers<ContextType>;
  AuditEntry?: AuditEntryResolvers<ContextType>;
  AuditEntryConnection?: AuditEntryConnectionResolvers<ContextType>;
  AuditEntryEdge?: AuditEntryEdgeResolvers<ContextType>;
  AuditInclusionProof?: AuditInclusionProofResolvers<ContextType>;
  AuditKeyUse?: AuditKeyUseResolvers<ContextType>;
  AuditRootInclusion?: AuditRootInclusionResolvers<ContextType>;
  BreakGlassLease?: BreakGlassLeaseResolvers<ContextType>;
  BreakGlassLeaseConnection?: BreakGlassLeaseConnectionResolvers<ContextType>;
  BreakGlassLeaseEdge?: BreakGlassLeaseEdgeResolvers<ContextType>;
  BreakGlassLeasePayload?: BreakGlassLeasePayloadResolvers<ContextType>;
  CancelOwnerRecoveryPayload?: CancelOwnerRecoveryPayloadResolvers<ContextType>;
  Client?: ClientResolvers<ContextType>;
  ClientConnection?: ClientConnectionResolvers<ContextType>;
  ClientEdge?: ClientEdgeResolvers<ContextType>;
  Comment?: CommentResolvers<ContextType>;
  CommentConnection?: CommentConnectionResolvers<ContextType>;
  CommentEdge?: CommentEdgeResolvers<ContextType>;
  CreateClientPayload?: CreateClientPayloadResolvers<ContextType>;
  CreateCommentPayload?: CreateCommentPayloadResolvers<ContextType>;
  CreateDocumentPayload?: CreateDocumentPayloadResolvers<ContextType>;
  CreateDocumentVersionPayload?: CreateDocumentVersionPayloadResolvers<ContextType>;
  CreateDownloadPayload?: CreateDownloadPayloadResolvers<ContextType>;
  CreateInvoicePayload?: CreateInvoicePayloadResolvers<ContextType>;
  CreateMessagePayload?: CreateMessagePayloadResolvers<ContextType>;
  CreateNotePayload?: CreateNotePayloadResolvers<ContextType>;
  CreateThreadPayload?: CreateThreadPayloadResolvers<ContextType>;
  CreateTimeEntryPayload?: CreateTimeEntryPayloadResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  Decimal?: GraphQLScalarType;
  DeleteCommentPayload?: DeleteCommentPayloadResolvers<ContextType>;
  DeleteDocumentPayload?: DeleteDocumentPayloadResolvers<ContextType>;
  DeleteInvoicePayload?: DeleteInvoicePayloadResolvers<ContextType>;
  DeleteMessagePayload?: DeleteMessagePayloadResolvers<ContextType>;
  DeleteNotePayload?: DeleteNotePayloadResolvers<ContextType>;
  DeleteTimeEntryPayload?: DeleteTimeEntryPayloadResolvers<ContextType>;
  DenyJobPayload?: DenyJobPayloadResolvers<ContextType>;
  Document?: DocumentResolvers<ContextType>;
  DocumentConnection?: DocumentConnectionResolvers<ContextType>;
  DocumentEdge?: DocumentEdgeResolvers<ContextType>;
  DocumentVersion?: DocumentVersionResolvers<ContextType>;
  Firm?: FirmResolvers<ContextType>;
  FirmAccessPolicy?: FirmAccessPolicyResolvers<ContextType>;
  FirmConnection?: FirmConnectionResolvers<ContextType>;
  FirmEdge?: FirmEdgeResolvers<ContextType>;
  FirmJob?: FirmJobResolvers<ContextType>;
  FirmKey?: FirmKeyResolvers<ContextType>;
  FirmOwned?: FirmOwnedResolvers<ContextType>;
  FirmSignIn?: FirmSignInResolvers<ContextType>;
  Invitation?: InvitationResolvers<ContextType>;
  InviteMemberPayload?: InviteMemberPayloadResolvers<ContextType>;
  Invoice?: InvoiceResolvers<ContextType>;
  InvoiceConnection?: InvoiceConnectionResolvers<ContextType>;
  InvoiceEdge?: InvoiceEdgeResolvers<ContextType>;
  InvoiceLineItem?: InvoiceLineItemResolvers<ContextType>;
  JSON?: GraphQLScalarType;
  LeaseApproval?: LeaseApprovalResolvers<ContextType>;
  LeaseEvent?: LeaseEventResolvers<ContextType>;
  LeaseOpening?: LeaseOpeningResolvers<ContextType>;
  LeaseOpeningConnection?: LeaseOpeningConnectionResolvers<ContextType>;
  LeaseOpeningEdge?: LeaseOpeningEdgeResolvers<ContextType>;
  Message?: MessageResolvers<ContextType>;
  MessageConnection?: MessageConnectionResolvers<ContextType>;
  MessageEdge?: MessageEdgeResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  Note?: NoteResolvers<ContextType>;
  NoteConnection?: NoteConnectionResolvers<ContextType>;
  NoteEdge?: NoteEdgeResolvers<ContextType>;
  Notice?: NoticeResolvers<ContextType>;
  NoticeConnection?: NoticeConnectionResolvers<ContextType>;
  NoticeDelivery?: NoticeDeliveryResolvers<ContextType>;
  NoticeEdge?: NoticeEdgeResolvers<ContextType>;
  OwnerRecovery?: OwnerRecoveryResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  RemoveMemberPayload?: RemoveMemberPayloadResolvers<ContextType>;
  RevokeInvitationPayload?: RevokeInvitationPayloadResolvers<ContextType>;
  RotateFirmKeyPayload?: RotateFirmKeyPayloadResolvers<ContextType>;
  SetFirmAccessPolicyPayload?: SetFirmAccessPolicyPayloadResolvers<ContextType>;
  SetFirmSignInPayload?: SetFirmSignInPayloadResolvers<ContextType>;
  SetMemberRolePayload?: SetMemberRolePayloadResolvers<ContextType>;
  ShareWithClientPayload?: ShareWithClientPayloadResolvers<ContextType>;
  SharedSubject?: SharedSubjectResolvers<ContextType>;
  Thread?: ThreadResolvers<ContextType>;
  ThreadConnection?: ThreadConnectionResolvers<ContextType>;
  ThreadEdge?: ThreadEdgeResolvers<ContextType>;
  TimeEntry?: TimeEntryResolvers<ContextType>;
  TimeEntryConnection?: TimeEntryConnectionResolvers<ContextType>;
  TimeEntryEdge?: TimeEntryEdgeResolvers<ContextType>;
  UnshareWithClientPayload?: UnshareWithClientPayloadResolvers<ContextType>;
  UpdateClientPayload?: UpdateClientPayloadResolvers<ContextType>;
  UpdateCommentPayload?: UpdateCommentPayloadResolvers<ContextType>;
  UpdateDocumentPayload?: UpdateDocumentPayloadResolvers<ContextType>;
  UpdateInvoicePayload?: UpdateInvoicePayloadResolvers<ContextType>;
  UpdateMessagePayload?: UpdateMessagePayloadResolvers<ContextType>;
  UpdateNotePayload?: UpdateNotePayloadResolvers<ContextType>;
  UpdateTimeEntryPayload?: UpdateTimeEntryPayloadResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
  UserConnection?: UserConnectionResolvers<ContextType>;
  UserEdge?: UserEdgeResolvers<ContextType>;
};

export type DirectiveResolvers<ContextType = RequestContext> = {
  encrypted?: EncryptedDirectiveResolver<any, any, ContextType>;
  limit?: LimitDirectiveResolver<any, any, ContextType>;
  metadata?: MetadataDirectiveResolver<any, any, ContextType>;
};
