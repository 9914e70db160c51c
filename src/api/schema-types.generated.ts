import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { FirmRow, UserRow, NoticeRow, AlertRow, DeviceRequestRow, OwnerProposalRow, JobRow, InvitationRow, FirmSignInRow, OwnerRecoveryRow, LeaseRow, LeaseEventRow, Row } from '../database/index.ts';
import type { AuditEntryNode } from './resolvers/audit.ts';
import type { PublishedCheckpoint, InclusionProof, ConsistencyProof } from '../audit-log/proofs/index.ts';
import type { Connection } from './connection.ts';
import type { KeyLogNode } from './resolvers/key-log.ts';
import type { LeaseApprovalNode, LeaseDenialNode } from './resolvers/leases.ts';
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
  /** A time in UTC, as YYYY-MM-DDTHH:mm:ss.sssZ. */
  DateTime: { input: Date; output: Date; }
  /** A decimal number as text, exactly as given: optional minus sign, digits, optional fraction, no exponent. */
  Decimal: { input: string; output: string; }
  /** Any JSON value. */
  JSON: { input: unknown; output: unknown; }
};

/** The invitation to accept. */
export type AcceptInvitationInput = {
  /** The part of the link after #invitation=. */
  invitation: Scalars['String']['input'];
};

/** The new membership. The person's next requests are those of a member. */
export type AcceptInvitationPayload = {
  /** The id of the firm. */
  firmId: Scalars['ID']['output'];
  /** The id of the created account. */
  userId: Scalars['ID']['output'];
};

/** The alert to acknowledge. */
export type AcknowledgeAlertInput = {
  /** The alert. */
  id: Scalars['ID']['input'];
};

/** The alert after the change. */
export type AcknowledgeAlertPayload = {
  /** The alert. */
  alert: Alert;
};

/** Wraps of data keys. */
export type AddKeyWrapsInput = {
  /** The wraps, as canonical JSON. */
  wraps: Array<Scalars['String']['input']>;
};

/** The stored wraps. */
export type AddKeyWrapsPayload = {
  /** Number of wraps of the request. */
  count: Scalars['Int']['output'];
};

/** The agreement of another owner. */
export type AgreeToProposalInput = {
  /** The signature, as canonical JSON. */
  agreement: Scalars['String']['input'];
  /** The id of the proposal. */
  id: Scalars['ID']['input'];
};

/** An event that the platform's people must look at: suspicious use, or a fault in the database's protections or in the log. An alert holds ids, fixed texts, numbers and times, but no content. */
export type Alert = Node & {
  /** When the alert was acknowledged; null while it is open. */
  acknowledgedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The user of that account. */
  acknowledgedBy?: Maybe<User>;
  /** The account that acknowledged the alert; null while the alert is open. */
  acknowledgedById?: Maybe<Scalars['ID']['output']>;
  /** The account that caused the alert; its person can't acknowledge the alert. null if no account did, or if the program did. */
  actorId?: Maybe<Scalars['ID']['output']>;
  /** The number of occurrences, or the counted amount, up to the acknowledgement. */
  count: Scalars['Int']['output'];
  /** The firm the alert is about; null if it is about no single firm. */
  firmId?: Maybe<Scalars['ID']['output']>;
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** Whether a person has acknowledged the alert. */
  isAcknowledged: Scalars['Boolean']['output'];
  /** The last occurrence before the acknowledgement. */
  lastAt: Scalars['DateTime']['output'];
  /** The lease the alert is about; null if it is about none. */
  leaseId?: Maybe<Scalars['ID']['output']>;
  /** When the alert was opened. */
  openedAt: Scalars['DateTime']['output'];
  /** The rule that raised the alert. */
  rule: AlertRule;
  /** How soon a person must look at the alert. */
  severity: AlertSeverity;
  /** The key that groups occurrences into one alert: ids, or a part of the installation. */
  subject: Scalars['String']['output'];
  /** One sentence that describes the rule. */
  summary: Scalars['String']['output'];
};

/** A page of alerts. */
export type AlertConnection = {
  /** The alerts of the page with their cursors. */
  edges: Array<AlertEdge>;
  /** The alerts of the page. */
  nodes: Array<Alert>;
  /** The position of the page in the list. */
  pageInfo: PageInfo;
  /** The length of the whole list; counted only when selected. */
  totalCount: Scalars['Int']['output'];
};

/** An alert in a list. */
export type AlertEdge = {
  /** The position of the edge in the list, for `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The alert. */
  node: Alert;
};

/** A filter for alerts. */
export type AlertFilter = {
  /** About this firm. */
  firmId?: InputMaybe<Scalars['ID']['input']>;
  /** Whether the alert is acknowledged. */
  isAcknowledged?: InputMaybe<Scalars['Boolean']['input']>;
  /** Raised by this rule. */
  rule?: InputMaybe<AlertRule>;
  /** With this severity. */
  severity?: InputMaybe<AlertSeverity>;
};

/** Sort orders of a list of alerts. */
export type AlertOrder =
  /** Oldest first. */
  | 'OPENED_AT_ASC'
  /** Newest first. */
  | 'OPENED_AT_DESC';

/** The rules that raise alerts. docs/how-to/monitor.md has the thresholds. */
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
  /** A break-glass lease was activated: content can be read under it until it ends. */
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

/** How soon a person must look at the alert. */
export type AlertSeverity =
  /** Look today. */
  | 'ALERT'
  /** Look now. */
  | 'PAGE';

/** Entries of a key log, and what is stored beside them. */
export type AppendKeyLogInput = {
  /** Texts of the next entries, in their order. */
  entries: Array<Scalars['String']['input']>;
  /** The names to which the entries commit. */
  names?: InputMaybe<Array<KeyLogNameInput>>;
  /** Shares of the caller's recovery key. */
  shares?: InputMaybe<Array<RecoveryShareInput>>;
  /** Wraps of data keys, as canonical JSON. */
  wraps?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** The key log after the entries. */
export type AppendKeyLogPayload = {
  /** The log, with an empty page of entries. */
  keyLog: KeyLog;
};

/** The job to approve. */
export type ApproveJobInput = {
  /** The job. */
  jobId: Scalars['ID']['input'];
  /** The job's requestHash as the caller has read it; CONFLICT if the job's hash is another. */
  requestHash: Scalars['String']['input'];
};

/** The approved job. */
export type ApproveJobPayload = {
  /** The job. */
  job: FirmJob;
};

/** A signed state of one audit log tree. Keep it: the log can't go back to an earlier state without detection. */
export type AuditCheckpoint = {
  /** When the checkpoint was made, by the database's clock. */
  createdAt: Scalars['DateTime']['output'];
  /** The firm whose tree it is; null for the root tree, the nil UUID for the tree of entries that belong to no firm. */
  firmId?: Maybe<Scalars['ID']['output']>;
  /** The checkpoint, as a C2SP signed note. */
  note: Scalars['String']['output'];
  /** The tree's name, the same as the name of its verifier key. */
  origin: Scalars['String']['output'];
  /** Hash over all leaves, 32 bytes in base64. */
  root: Scalars['String']['output'];
  /** The checkpoint's position in the root tree; null for a checkpoint of the root tree itself. */
  rootInclusion?: Maybe<AuditRootInclusion>;
  /** Number of leaves. Float, because Int ends at 2^31. */
  size: Scalars['Float']['output'];
};

/** The proof that an audit log tree begins with its older state. */
export type AuditConsistencyProof = {
  /** Number of leaves in the older tree. Float, because Int ends at 2^31. */
  from: Scalars['Float']['output'];
  /** The consistency proof: hashes of 32 bytes in base64; empty if there is nothing to prove. */
  hashes: Array<Scalars['String']['output']>;
  /** The tree's name. */
  origin: Scalars['String']['output'];
  /** Number of leaves in the newer tree. Float, because Int ends at 2^31. */
  to: Scalars['Float']['output'];
};

/** The outcome of an audited act. */
export type AuditDecision =
  /** A rule allowed it. */
  | 'ALLOWED'
  /** A rule refused it. */
  | 'DENIED'
  /** A rule allowed it, but it failed. */
  | 'FAILED';

/** One entry of the audit log: what was opened, refused, changed or read, and by whom. An entry holds no content, keys or tokens. */
export type AuditEntry = Node & {
  /** What happened, such as content.open. `unreadable` for a row that this program did not write; its leaf shows what the row holds. */
  action: Scalars['String']['output'];
  /** The account that acted; null for the program itself. */
  actorId?: Maybe<Scalars['ID']['output']>;
  /** The roles the account had. */
  actorRoles: Array<Scalars['String']['output']>;
  /** When the process wrote the entry, by the process's clock. */
  at: Scalars['DateTime']['output'];
  /** The boot of the process that wrote the entry. */
  bootId: Scalars['ID']['output'];
  /** The coordinates, as Type.field. */
  coordinates: Array<Scalars['String']['output']>;
  /** The outcome. */
  decision: AuditDecision;
  /** SHA-256, in hex, of the GraphQL document without its literals. */
  documentHash?: Maybe<Scalars['String']['output']>;
  /** The firm the entry is about; null for an entry of the installation. */
  firmId?: Maybe<Scalars['ID']['output']>;
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** Index of the entry's leaf in its tree, from 0; null until the entry is published. Float, because Int ends at 2^31. */
  index?: Maybe<Scalars['Float']['output']>;
  /** The data keys used, and where each came from. */
  keys: Array<AuditKeyUse>;
  /** The entry as canonical JSON. */
  leaf: Scalars['String']['output'];
  /** The lease that gave the right; null without a lease. */
  leaseId?: Maybe<Scalars['ID']['output']>;
  /** The part of the program that acted: firm, operator, worker or cli. */
  plane: Scalars['String']['output'];
  /** Why the act was refused or failed; null if it was allowed. */
  reason?: Maybe<Scalars['String']['output']>;
  /** The ids of the records. */
  recordIds: Array<Scalars['ID']['output']>;
  /** The request's id, made by the server. */
  requestId?: Maybe<Scalars['ID']['output']>;
  /** A whole number without gaps within one boot, so a missing entry is noticed. Float, because Int ends at 2^31. */
  sequence: Scalars['Float']['output'];
};

/** A page of the audit log. */
export type AuditEntryConnection = {
  /** The entries of the page with their cursors. */
  edges: Array<AuditEntryEdge>;
  /** The entries of the page. */
  nodes: Array<AuditEntry>;
  /** The position of the page in the list. */
  pageInfo: PageInfo;
  /** The length of the whole list; counted only when selected. */
  totalCount: Scalars['Int']['output'];
};

/** An entry in a list. */
export type AuditEntryEdge = {
  /** The position of the edge in the list, for `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The entry. */
  node: AuditEntry;
};

/** A filter for entries, which must match every given condition. */
export type AuditEntryFilter = {
  /** With this action, such as content.open. */
  action?: InputMaybe<Scalars['String']['input']>;
  /** By this account. */
  actorId?: InputMaybe<Scalars['ID']['input']>;
  /** Appended before this time. */
  atBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Appended at this time or later, by the database's clock. (`at` is slightly earlier, by the process's clock.) */
  atFrom?: InputMaybe<Scalars['DateTime']['input']>;
  /** With this coordinate, as Type.field. */
  coordinate?: InputMaybe<Scalars['String']['input']>;
  /** With this outcome. */
  decision?: InputMaybe<AuditDecision>;
  /** Under this lease, or about this lease. */
  leaseId?: InputMaybe<Scalars['ID']['input']>;
  /** With this record. */
  recordId?: InputMaybe<Scalars['ID']['input']>;
};

/** Sort orders of the audit log. */
export type AuditEntryOrder =
  /** In the order of one tree, published entries only: the tree of the given firm, or of the caller's own. */
  | 'LEAF_INDEX'
  /** Last committed first, including entries committed just now. */
  | 'NEWEST_FIRST'
  /** In commit order. A reader who continues from a cursor misses no entry. */
  | 'OLDEST_FIRST';

/** The proof that an entry is in its tree of the audit log. */
export type AuditInclusionProof = {
  /** The newest published checkpoint of the tree. */
  checkpoint: AuditCheckpoint;
  /** The entry. */
  entryId: Scalars['ID']['output'];
  /** The whole proof as a file to keep: a C2SP tlog-proof with the entry's leaf. */
  file: Scalars['String']['output'];
  /** The inclusion proof: hashes of 32 bytes in base64, from the leaf upwards. */
  hashes: Array<Scalars['String']['output']>;
  /** Index of the entry's leaf in the tree, from 0. Float, because Int ends at 2^31. */
  index: Scalars['Float']['output'];
  /** The leaf's hash, 32 bytes in base64. */
  leafHash: Scalars['String']['output'];
  /** Number of leaves of the tree, as in the checkpoint. Float, because Int ends at 2^31. */
  size: Scalars['Float']['output'];
};

/** A data key that the act used. */
export type AuditKeyUse = {
  /** The key's class. */
  class: Scalars['String']['output'];
  /** The key service's id of the call; null if the key came from the cache. */
  requestId?: Maybe<Scalars['String']['output']>;
  /** CACHE or KEYRING. */
  source: Scalars['String']['output'];
  /** The key's version. */
  version: Scalars['Int']['output'];
};

/** The proof that the checkpoint of a firm's tree is a leaf of the root tree, which is the same for everyone. */
export type AuditRootInclusion = {
  /** The inclusion proof: hashes of 32 bytes in base64, from the leaf upwards. */
  hashes: Array<Scalars['String']['output']>;
  /** Index of the leaf in the root tree, from 0. Float, because Int ends at 2^31. */
  index: Scalars['Float']['output'];
  /** The checkpoint of the root tree, as a C2SP signed note. */
  note: Scalars['String']['output'];
  /** Number of leaves of the root tree. Float, because Int ends at 2^31. */
  size: Scalars['Float']['output'];
};

/** A break-glass lease: the right of one operator to read content of one firm, for a limited time and scope. It takes effect once everyone required has approved exactly this request. */
export type BreakGlassLease = Node & {
  /** When the lease was activated; null until then. */
  activatedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The approvals, oldest first. */
  approvals: Array<LeaseApproval>;
  /** The content classes the lease covers. */
  classes: Array<ContentClass>;
  /** The encrypted fields the lease covers, as Type.field; null for all fields of the classes. */
  coordinates?: Maybe<Array<Scalars['String']['output']>>;
  /** The denial; null unless the request was denied. */
  denial?: Maybe<LeaseDenial>;
  /** When the lease ended; null until then. */
  endedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Every change of state, oldest first. */
  events: Array<LeaseEvent>;
  /** The latest time at which the lease ends; null until it is activated. */
  expiresAt?: Maybe<Scalars['DateTime']['output']>;
  /** The firm. */
  firm: Firm;
  /** The id of the firm whose content the lease covers. */
  firmId: Scalars['ID']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** Whether a third person has reviewed the lease. */
  isReviewed: Scalars['Boolean']['output'];
  /** The duration in minutes, from the activation. */
  minutes: Scalars['Int']['output'];
  /** The report from the audit log of what was opened under the lease, oldest first. The firm's owners, the requester, approvers and auditors see it; null for others. The audit log records this read. */
  openings?: Maybe<LeaseOpeningConnection>;
  /** The purpose. */
  purpose: LeasePurpose;
  /** How many non-null values may be read, repeats included; null for no limit. */
  readBudget?: Maybe<Scalars['Int']['output']>;
  /** The reason for the request. The firm's owners, the requester, approvers and auditors see it; null for others, and once it is erased. */
  reason?: Maybe<Scalars['String']['output']>;
  /** The records the lease covers; null for all records of the firm. */
  recordIds?: Maybe<Array<Scalars['ID']['output']>>;
  /** SHA-256, in hex, of the canonical request. An approval must name it. */
  requestHash: Scalars['String']['output'];
  /** When the lease was requested. */
  requestedAt: Scalars['DateTime']['output'];
  /** The account that requested the lease. */
  requestedById: Scalars['ID']['output'];
  /** The requester; null for a firm's people, who don't see the platform's people. */
  requester?: Maybe<User>;
  /** When the lease was reviewed; null until then. */
  reviewedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The account that reviewed the lease; null until then. */
  reviewedById?: Maybe<Scalars['ID']['output']>;
  /** The lease's state. */
  state: LeaseState;
  /** The ticket the request refers to; visible to the same people as the reason. */
  ticket?: Maybe<Scalars['String']['output']>;
  /** How many non-null values were read under the lease, repeats included. Values are counted before they are opened. If the lease ends during a request and the answer is withheld, its values stay counted but are not in `openings`. */
  used: Scalars['Int']['output'];
};


/** A break-glass lease: the right of one operator to read content of one firm, for a limited time and scope. It takes effect once everyone required has approved exactly this request. */
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
  /** The position of the page in the list. */
  pageInfo: PageInfo;
  /** The length of the whole list; counted only when selected. */
  totalCount: Scalars['Int']['output'];
};

/** A lease in a list. */
export type BreakGlassLeaseEdge = {
  /** The position of the edge in the list, for `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The lease. */
  node: BreakGlassLease;
};

/** A filter for leases. */
export type BreakGlassLeaseFilter = {
  /** Whether the lease was reviewed. */
  isReviewed?: InputMaybe<Scalars['Boolean']['input']>;
  /** Requested by this account. */
  requestedById?: InputMaybe<Scalars['ID']['input']>;
  /** In this state. */
  state?: InputMaybe<LeaseState>;
};

/** Sort orders of a list of leases. */
export type BreakGlassLeaseOrder =
  /** Oldest request first. */
  | 'REQUESTED_AT_ASC'
  /** Newest request first. */
  | 'REQUESTED_AT_DESC';

/** The lease after the change. */
export type BreakGlassLeasePayload = {
  /** The lease. */
  lease: BreakGlassLease;
};

/** The cancelled recovery. */
export type CancelOwnerRecoveryPayload = {
  /** The recovery's id. */
  id: Scalars['ID']['output'];
};

/** The answer of a device that the key log has. */
export type ChallengeDeviceInput = {
  /** Random bytes, 32 bytes in base64. */
  challenge: Scalars['String']['input'];
  /** Hash of entry 0 of its log, 64 hexadecimal digits. */
  genesis: Scalars['String']['input'];
  /** Hash of the last entry of its log, 64 hexadecimal digits. */
  head: Scalars['String']['input'];
  /** The id of the request. */
  id: Scalars['ID']['input'];
};

/** In whose custody the content of a class is. */
export type ClassCustody = {
  /** The content class. */
  class: Scalars['String']['output'];
  /** Who can open it. */
  custody: Custody;
};

/** What is left to seal again of a content class, after someone lost access and the firm made a new data key, or while the class moves between custodies. */
export type ClassResealing = {
  /** The content class. */
  class: Scalars['String']['output'];
  /** Number of records with a value under an older version, or with a stamp from before the newest one was made. At 0, two owners can retire the older versions. Of a class in MOVING also records that the platform has sealed, and in BACK all that devices have: at 0, two owners can end the move. */
  count: Scalars['Int']['output'];
  /** The version of the data key under which devices seal now; null if the firm needs a new one first. */
  version?: Maybe<Scalars['Int']['output']>;
};

/** A customer of a firm. */
export type Client = FirmOwned & Node & {
  /** When the object was created. */
  createdAt: Scalars['DateTime']['output'];
  /** The client's e-mail address; it identifies no one. */
  email?: Maybe<Scalars['String']['output']>;
  /** The firm the client belongs to. */
  firmId: Scalars['ID']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** The people who sign in to the portal for the client. */
  members: UserConnection;
  /** The client's name. */
  name: Scalars['String']['output'];
  /** Grows by one with each change. A change must name the revision it is based on. */
  revision: Scalars['Int']['output'];
  /** Whether the firm still works for the client. */
  status: ClientStatus;
  /** When the object was last changed. */
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
  /** The position of the page in the list. */
  pageInfo: PageInfo;
  /** The length of the whole list; counted only when selected. */
  totalCount: Scalars['Int']['output'];
};

/** A client in a list. */
export type ClientEdge = {
  /** The position of the edge in the list, for `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The client. */
  node: Client;
};

/** A filter for clients. */
export type ClientFilter = {
  /** Created before this time. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Created at this time or later. */
  createdFrom?: InputMaybe<Scalars['DateTime']['input']>;
  /** In this state. */
  status?: InputMaybe<ClientStatus>;
  /** Last changed before this time. */
  updatedBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Last changed at this time or later. */
  updatedFrom?: InputMaybe<Scalars['DateTime']['input']>;
};

/** Sort orders of a list of clients. */
export type ClientOrder =
  /** Oldest first. */
  | 'CREATED_AT_ASC'
  /** Newest first. */
  | 'CREATED_AT_DESC'
  /** By name. Capitals come before lower-case letters. */
  | 'NAME_ASC'
  /** By name, descending. */
  | 'NAME_DESC'
  /** Least recently changed first. */
  | 'UPDATED_AT_ASC'
  /** Most recently changed first. */
  | 'UPDATED_AT_DESC';

/** Whether a firm still works for a client. */
export type ClientStatus =
  /** The firm works for the client. */
  | 'ACTIVE'
  /** The firm no longer works for the client. Nothing is deleted, and what is shared stays shared. */
  | 'ARCHIVED';

/** A comment by one of the firm's people on a document, a message, a note or an invoice. Portal clients see no comments. */
export type Comment = FirmOwned & Node & {
  /** Who wrote it. */
  author?: Maybe<User>;
  /** When it was written. */
  createdAt: Scalars['DateTime']['output'];
  /** The document the comment is about, or null. */
  document?: Maybe<Document>;
  /** The firm the comment belongs to. */
  firmId: Scalars['ID']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** The invoice the comment is about, or null. */
  invoice?: Maybe<Invoice>;
  /** The message the comment is about, or null. */
  message?: Maybe<Message>;
  /** The note the comment is about, or null. */
  note?: Maybe<Note>;
  /** Grows by one with each change. A change must name the revision it is based on. */
  revision: Scalars['Int']['output'];
  /** What devices of the firm have sealed, while the class is in the firm's own custody; otherwise empty, as for anyone but the firm's own people. */
  sealedFields: Array<SealedField>;
  /** The text. */
  text?: Maybe<Scalars['String']['output']>;
  /** When the object was last changed. */
  updatedAt: Scalars['DateTime']['output'];
};


/** A comment by one of the firm's people on a document, a message, a note or an invoice. Portal clients see no comments. */
export type CommentSealedFieldsArgs = {
  names?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** A page of comments. */
export type CommentConnection = {
  /** The comments of the page with their cursors. */
  edges: Array<CommentEdge>;
  /** The comments of the page. */
  nodes: Array<Comment>;
  /** The position of the page in the list. */
  pageInfo: PageInfo;
  /** The length of the whole list; counted only when selected. */
  totalCount: Scalars['Int']['output'];
};

/** A comment in a list. */
export type CommentEdge = {
  /** The position of the edge in the list, for `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The comment. */
  node: Comment;
};

/** Sort orders of a list of comments. */
export type CommentOrder =
  /** Oldest first. */
  | 'CREATED_AT_ASC'
  /** Newest first. */
  | 'CREATED_AT_DESC';

/** The object a comment is about: exactly one of these. */
export type CommentSubject =
  /** A document. */
  { documentId: Scalars['ID']['input']; invoiceId?: never; messageId?: never; noteId?: never; }
  |  /** An invoice. */
  { documentId?: never; invoiceId: Scalars['ID']['input']; messageId?: never; noteId?: never; }
  |  /** A message. */
  { documentId?: never; invoiceId?: never; messageId: Scalars['ID']['input']; noteId?: never; }
  |  /** A note. */
  { documentId?: never; invoiceId?: never; messageId?: never; noteId: Scalars['ID']['input']; };

/** The kind of content a field holds. Each firm has data keys per class, and a break-glass lease names the classes it covers. */
export type ContentClass =
  /** Invoices, their line items and time entries. */
  | 'BILLING'
  /** Messages and comments. */
  | 'COMMUNICATION'
  /** Documents, their versions and their descriptions. */
  | 'DOCUMENT'
  /** Notes. */
  | 'NOTE';

/** A new client. */
export type CreateClientInput = {
  /** The client's e-mail address. */
  email?: InputMaybe<Scalars['String']['input']>;
  /** A UUIDv7 made by the caller, so that the create can be repeated: the same id with the same input answers the same object. CONFLICT if another object has the id, even one of another firm. Default: the server makes an id. */
  id?: InputMaybe<Scalars['ID']['input']>;
  /** The client's name, on one line. */
  name: Scalars['String']['input'];
};

/** The created client. */
export type CreateClientPayload = {
  /** The client. */
  client: Client;
};

/** A new comment. */
export type CreateCommentInput = {
  /** The object the comment is about. */
  about: CommentSubject;
  /** A UUIDv7 made by the caller, so that the create can be repeated: the same id with the same input answers the same object. CONFLICT if another object has the id, even one of another firm. Default: the server makes an id. */
  id?: InputMaybe<Scalars['ID']['input']>;
  /** The content, if its class is in the firm's own custody: then in place of the plain arguments. */
  sealed?: InputMaybe<SealedInput>;
  /** The text. */
  text?: InputMaybe<Scalars['String']['input']>;
};

/** The created comment. */
export type CreateCommentPayload = {
  /** The comment. */
  comment: Comment;
};

/** A new document. */
export type CreateDocumentInput = {
  /** The client the object is about. This does not share the object with the client: see shareWithClient. */
  clientId?: InputMaybe<Scalars['ID']['input']>;
  /** What the document is. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** A UUIDv7 made by the caller, so that the create can be repeated: the same id with the same input answers the same object. CONFLICT if another object has the id, even one of another firm. Default: the server makes an id. */
  id?: InputMaybe<Scalars['ID']['input']>;
  /** The file's media type, such as application/pdf. */
  mimeType: Scalars['String']['input'];
  /** The file's name, on one line. */
  name: Scalars['String']['input'];
  /** The content, if its class is in the firm's own custody: then in place of the plain arguments. */
  sealed?: InputMaybe<SealedInput>;
};

/** The created document. */
export type CreateDocumentPayload = {
  /** The document. */
  document: Document;
  /** The upload path: PUT the file's bytes there. */
  uploadPath: Scalars['String']['output'];
};

/** A new version of a document. */
export type CreateDocumentVersionInput = {
  /** What changed since the previous version. */
  changeSummary?: InputMaybe<Scalars['String']['input']>;
  /** The document. */
  documentId: Scalars['ID']['input'];
  /** A UUIDv7 made by the caller, so that the create can be repeated: the same id with the same input answers the same object. CONFLICT if another object has the id, even one of another firm. Default: the server makes an id. */
  id?: InputMaybe<Scalars['ID']['input']>;
  /** The content, if its class is in the firm's own custody: then in place of the plain arguments. */
  sealed?: InputMaybe<SealedInput>;
};

/** The created version. */
export type CreateDocumentVersionPayload = {
  /** The version. */
  documentVersion: DocumentVersion;
  /** The upload path: PUT the file's bytes there. The file goes to the first of your versions that has none. */
  uploadPath: Scalars['String']['output'];
};

/** The file to download by a link. */
export type CreateDownloadInput = {
  /** The document. */
  documentId: Scalars['ID']['input'];
  /** The version's number. Default: the latest version with a file. */
  number?: InputMaybe<Scalars['Int']['input']>;
};

/** A link to a file. */
export type CreateDownloadPayload = {
  /** The path. It serves one GET without a token within 60 seconds, if you still have the right to the file then. */
  path: Scalars['String']['output'];
};

/** A new invoice. */
export type CreateInvoiceInput = {
  /** The amount still due. Default: the total. */
  amountDue?: InputMaybe<Scalars['Decimal']['input']>;
  /** The client the invoice is for. This does not share the invoice with the client: see shareWithClient. */
  clientId?: InputMaybe<Scalars['ID']['input']>;
  /** The currency, as an ISO 4217 code. */
  currency: Scalars['String']['input'];
  /** When payment is due. */
  dueAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** A UUIDv7 made by the caller, so that the create can be repeated: the same id with the same input answers the same object. CONFLICT if another object has the id, even one of another firm. Default: the server makes an id. */
  id?: InputMaybe<Scalars['ID']['input']>;
  /** When the invoice was issued. */
  issuedAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The line items, in order. */
  lineItems?: InputMaybe<Array<InvoiceLineItemInput>>;
  /** Text beside the line items. */
  memo?: InputMaybe<Scalars['String']['input']>;
  /** The invoice number, on one line, unique in the firm. */
  number: Scalars['String']['input'];
  /** The content, if its class is in the firm's own custody: then in place of the plain arguments. */
  sealed?: InputMaybe<SealedInput>;
  /** The invoice's status. Default: DRAFT. */
  status?: InputMaybe<InvoiceStatus>;
  /** The total: up to 15 digits and 4 decimals. */
  total?: InputMaybe<Scalars['Decimal']['input']>;
};

/** The created invoice. */
export type CreateInvoicePayload = {
  /** The invoice. */
  invoice: Invoice;
};

/** A new message. */
export type CreateMessageInput = {
  /** The text. */
  body?: InputMaybe<Scalars['String']['input']>;
  /** A UUIDv7 made by the caller, so that the create can be repeated: the same id with the same input answers the same object. CONFLICT if another object has the id, even one of another firm. Default: the server makes an id. */
  id?: InputMaybe<Scalars['ID']['input']>;
  /** The content, if its class is in the firm's own custody: then in place of the plain arguments. */
  sealed?: InputMaybe<SealedInput>;
  /** The subject. */
  subject?: InputMaybe<Scalars['String']['input']>;
  /** The thread to write in. */
  threadId: Scalars['ID']['input'];
};

/** The created message. */
export type CreateMessagePayload = {
  /** The message. */
  message: Message;
};

/** A new note. */
export type CreateNoteInput = {
  /** The text. */
  body?: InputMaybe<Scalars['String']['input']>;
  /** A UUIDv7 made by the caller, so that the create can be repeated: the same id with the same input answers the same object. CONFLICT if another object has the id, even one of another firm. Default: the server makes an id. */
  id?: InputMaybe<Scalars['ID']['input']>;
  /** The content, if its class is in the firm's own custody: then in place of the plain arguments. */
  sealed?: InputMaybe<SealedInput>;
  /** The title. */
  title?: InputMaybe<Scalars['String']['input']>;
};

/** The created note. */
export type CreateNotePayload = {
  /** The note. */
  note: Note;
};

/** A new thread. */
export type CreateThreadInput = {
  /** The client the object is about. This does not share the object with the client: see shareWithClient. */
  clientId?: InputMaybe<Scalars['ID']['input']>;
  /** A UUIDv7 made by the caller, so that the create can be repeated: the same id with the same input answers the same object. CONFLICT if another object has the id, even one of another firm. Default: the server makes an id. */
  id?: InputMaybe<Scalars['ID']['input']>;
};

/** The created thread. */
export type CreateThreadPayload = {
  /** The thread. */
  thread: Thread;
};

/** A new time entry, for the caller's work. */
export type CreateTimeEntryInput = {
  /** The client the work was for. */
  clientId?: InputMaybe<Scalars['ID']['input']>;
  /** What was done. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** A UUIDv7 made by the caller, so that the create can be repeated: the same id with the same input answers the same object. CONFLICT if another object has the id, even one of another firm. Default: the server makes an id. */
  id?: InputMaybe<Scalars['ID']['input']>;
  /** The duration in minutes, at most one day. */
  minutes: Scalars['Int']['input'];
  /** The content, if its class is in the firm's own custody: then in place of the plain arguments. */
  sealed?: InputMaybe<SealedInput>;
  /** When the work began. */
  startedAt: Scalars['DateTime']['input'];
};

/** The created time entry. */
export type CreateTimeEntryPayload = {
  /** The time entry. */
  timeEntry: TimeEntry;
};

/** Who can open the content of a class. */
export type Custody =
  /** The content is on its way back from the firm's custody to the platform's. */
  | 'BACK'
  /** Only the firm's own devices. */
  | 'FIRM'
  /** The content is on its way from the platform's custody to the firm's. */
  | 'MOVING'
  /** The firm's members through the API, by keys in the platform's key service. */
  | 'PLATFORM';

/** The comment to delete. */
export type DeleteCommentInput = {
  /** The revision the caller has seen; CONFLICT if the current revision is another. */
  expectedRevision: Scalars['Int']['input'];
  /** The comment. */
  id: Scalars['ID']['input'];
};

/** The deleted comment. */
export type DeleteCommentPayload = {
  /** The comment's id; it can't be used again. */
  id: Scalars['ID']['output'];
};

/** The document to delete. */
export type DeleteDocumentInput = {
  /** The revision the caller has seen; CONFLICT if the current revision is another. */
  expectedRevision: Scalars['Int']['input'];
  /** The document. */
  id: Scalars['ID']['input'];
};

/** The deleted document. */
export type DeleteDocumentPayload = {
  /** The document's id; it can't be used again. */
  id: Scalars['ID']['output'];
};

/** The invoice to delete. */
export type DeleteInvoiceInput = {
  /** The revision the caller has seen; CONFLICT if the current revision is another. */
  expectedRevision: Scalars['Int']['input'];
  /** The invoice. */
  id: Scalars['ID']['input'];
};

/** The deleted invoice. */
export type DeleteInvoicePayload = {
  /** The invoice's id; it can't be used again. */
  id: Scalars['ID']['output'];
};

/** The message to delete. */
export type DeleteMessageInput = {
  /** The revision the caller has seen; CONFLICT if the current revision is another. */
  expectedRevision: Scalars['Int']['input'];
  /** The message. */
  id: Scalars['ID']['input'];
};

/** The deleted message. */
export type DeleteMessagePayload = {
  /** The message's id; it can't be used again. */
  id: Scalars['ID']['output'];
};

/** The note to delete. */
export type DeleteNoteInput = {
  /** The revision the caller has seen; CONFLICT if the current revision is another. */
  expectedRevision: Scalars['Int']['input'];
  /** The note. */
  id: Scalars['ID']['input'];
};

/** The deleted note. */
export type DeleteNotePayload = {
  /** The note's id; it can't be used again. */
  id: Scalars['ID']['output'];
};

/** The time entry to delete. */
export type DeleteTimeEntryInput = {
  /** The revision the caller has seen; CONFLICT if the current revision is another. */
  expectedRevision: Scalars['Int']['input'];
  /** The time entry. */
  id: Scalars['ID']['input'];
};

/** The deleted time entry. */
export type DeleteTimeEntryPayload = {
  /** The time entry's id; it can't be used again. */
  id: Scalars['ID']['output'];
};

/** The job to deny. */
export type DenyJobInput = {
  /** The job. */
  jobId: Scalars['ID']['input'];
};

/** The denied job. */
export type DenyJobPayload = {
  /** The job. */
  job: FirmJob;
};

/** A new device that wants to join, for 15 minutes. */
export type DeviceRequest = {
  /** The random bytes of the old device, 32 bytes in base64; null before its answer. */
  challenge?: Maybe<Scalars['String']['output']>;
  /** What the new device committed to, 64 hexadecimal digits. */
  commitment: Scalars['String']['output'];
  /** When the request was made. */
  createdAt: Scalars['DateTime']['output'];
  /** Hash of entry 0 of the old device's log; null before its answer. */
  genesis?: Maybe<Scalars['String']['output']>;
  /** Hash of the last entry of the old device's log; null before its answer. */
  head?: Maybe<Scalars['String']['output']>;
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** Whose device it is: the id of the user. */
  person: Scalars['ID']['output'];
  /** Id of the holder's device that released a share, 64 hexadecimal digits. Only the person of the request gets it, and the share. */
  releasedBy?: Maybe<Scalars['String']['output']>;
  /** The random bytes of the new device, 32 bytes in base64; null before it reveals itself. */
  reveal?: Maybe<Scalars['String']['output']>;
  /** The share of the person's recovery key, sealed to the new device, in base64; null unless a holder released it. */
  share?: Maybe<Scalars['String']['output']>;
  /** Which step was the last. */
  state: DeviceRequestState;
  /** The new device's statement, as canonical JSON; null before it reveals itself. */
  statement?: Maybe<Scalars['String']['output']>;
};

/** How the request of a device ends. */
export type DeviceRequestEnd =
  /** The key log has the device. */
  | 'ADDED'
  /** The device does not join. */
  | 'REFUSED';

/** The request of the device after the step. */
export type DeviceRequestPayload = {
  /** The request. */
  request: DeviceRequest;
};

/** The steps of a device that joins. */
export type DeviceRequestState =
  /** The key log has the device. */
  | 'ADDED'
  /** An old device has answered. */
  | 'CHALLENGED'
  /** The new device has committed to its keys. */
  | 'COMMITTED'
  /** Someone refused the device. */
  | 'REFUSED'
  /** A holder released a share to the device. */
  | 'RELEASED'
  /** The new device has revealed its keys. Both screens show a code. */
  | 'REVEALED';

/** A document of a firm: its metadata, its description, and the location of its file. */
export type Document = FirmOwned & Node & {
  /** Who created the object. */
  author?: Maybe<User>;
  /** Bucket of the latest file's object. */
  bucket?: Maybe<Scalars['String']['output']>;
  /** Size of the latest file in bytes, a whole number; null until a file is uploaded. */
  byteSize?: Maybe<Scalars['Float']['output']>;
  /** The client the document is about. */
  client?: Maybe<Client>;
  /** Comments by the firm's people; null for a portal client. */
  comments?: Maybe<CommentConnection>;
  /** When the object was created. */
  createdAt: Scalars['DateTime']['output'];
  /** What the document is. */
  description?: Maybe<Scalars['String']['output']>;
  /** The firm the document belongs to. */
  firmId: Scalars['ID']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** The file's media type, such as application/pdf. */
  mimeType: Scalars['String']['output'];
  /** The file's name. */
  name: Scalars['String']['output'];
  /** Key of the latest file's object. */
  objectKey?: Maybe<Scalars['String']['output']>;
  /** Grows by one with each change. A change must name the revision it is based on. */
  revision: Scalars['Int']['output'];
  /** What devices of the firm have sealed, while the class is in the firm's own custody; otherwise empty, as for anyone but the firm's own people. */
  sealedFields: Array<SealedField>;
  /** SHA-256 of the latest file before it was encrypted, in hex. */
  sha256?: Maybe<Scalars['String']['output']>;
  /** The clients with access, at most 100. A portal client sees only itself. */
  sharedWith: Array<Client>;
  /** Whether the document has a file. */
  status: DocumentStatus;
  /** When the document was last changed or got a version. */
  updatedAt: Scalars['DateTime']['output'];
  /** The document's versions, the first one first, at most 200. */
  versions: Array<DocumentVersion>;
};


/** A document of a firm: its metadata, its description, and the location of its file. */
export type DocumentCommentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<CommentOrder>;
};


/** A document of a firm: its metadata, its description, and the location of its file. */
export type DocumentSealedFieldsArgs = {
  names?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** A page of documents. */
export type DocumentConnection = {
  /** The documents of the page with their cursors. */
  edges: Array<DocumentEdge>;
  /** The documents of the page. */
  nodes: Array<Document>;
  /** The position of the page in the list. */
  pageInfo: PageInfo;
  /** The length of the whole list; counted only when selected. */
  totalCount: Scalars['Int']['output'];
};

/** A document in a list. */
export type DocumentEdge = {
  /** The position of the edge in the list, for `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The document. */
  node: Document;
};

/** A filter for documents, by metadata only. */
export type DocumentFilter = {
  /** Created by this user. */
  authorId?: InputMaybe<Scalars['ID']['input']>;
  /** About this client. */
  clientId?: InputMaybe<Scalars['ID']['input']>;
  /** Created before this time. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Created at this time or later. */
  createdFrom?: InputMaybe<Scalars['DateTime']['input']>;
  /** With this media type. */
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

/** Sort orders of a list of documents. */
export type DocumentOrder =
  /** Oldest first. */
  | 'CREATED_AT_ASC'
  /** Newest first. */
  | 'CREATED_AT_DESC'
  /** By file name. Capitals come before lower-case letters. */
  | 'NAME_ASC'
  /** By file name, descending. */
  | 'NAME_DESC'
  /** Least recently changed first. */
  | 'UPDATED_AT_ASC'
  /** Most recently changed first. */
  | 'UPDATED_AT_DESC';

/** Whether a document has a file. */
export type DocumentStatus =
  /** The file can be downloaded. */
  | 'AVAILABLE'
  /** No file has been uploaded. */
  | 'PENDING';

/** One version of a document. */
export type DocumentVersion = FirmOwned & Node & {
  /** Who created the object. */
  author?: Maybe<User>;
  /** Bucket of the file's object. */
  bucket?: Maybe<Scalars['String']['output']>;
  /** Size of the file in bytes, a whole number; null until the file is uploaded. */
  byteSize?: Maybe<Scalars['Float']['output']>;
  /** What changed since the previous version. */
  changeSummary?: Maybe<Scalars['String']['output']>;
  /** When the object was created. */
  createdAt: Scalars['DateTime']['output'];
  /** The document. */
  document?: Maybe<Document>;
  /** The firm the version belongs to. */
  firmId: Scalars['ID']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** The version's number in the document: 1, 2, 3 … */
  number: Scalars['Int']['output'];
  /** Key of the file's object. */
  objectKey?: Maybe<Scalars['String']['output']>;
  /** Grows by one with each change. A change must name the revision it is based on. */
  revision: Scalars['Int']['output'];
  /** What devices of the firm have sealed, while the class is in the firm's own custody; otherwise empty, as for anyone but the firm's own people. */
  sealedFields: Array<SealedField>;
  /** SHA-256 of the file before it was encrypted, in hex. */
  sha256?: Maybe<Scalars['String']['output']>;
  /** When the object was last changed. */
  updatedAt: Scalars['DateTime']['output'];
};


/** One version of a document. */
export type DocumentVersionSealedFieldsArgs = {
  names?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** How the request of a device ends. */
export type EndDeviceInput = {
  /** The id of the request. */
  id: Scalars['ID']['input'];
  /** Whether the device was added or refused. */
  reason: DeviceRequestEnd;
};

/** A proposal that ends. */
export type EndProposalInput = {
  /** The id of the proposal. */
  id: Scalars['ID']['input'];
};

/** A firm whose content Firmseal keeps. */
export type Firm = Node & {
  /** The firm's policy on leases for its content. The firm's owners, operators and approvers see it; null for others. */
  accessPolicy?: Maybe<FirmAccessPolicy>;
  /** When the firm was created. */
  createdAt: Scalars['DateTime']['output'];
  /** In whose custody the firm's content is, by class. A client of the firm believes its own copy of the key log instead. */
  custody: Array<ClassCustody>;
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** The open invitations, newest first, at most 100; null for callers who are not owners of the firm. */
  invitations?: Maybe<Array<Invitation>>;
  /** The firm's people, including its portal users, in the order in which they joined; null for a portal client. */
  members?: Maybe<UserConnection>;
  /** The firm's name. */
  name: Scalars['String']['output'];
  /** The recovery that gives the firm a new owner, while one is under way; else null. null for a portal client. */
  ownerRecovery?: Maybe<OwnerRecovery>;
  /** Grows by one with each change. */
  revision: Scalars['Int']['output'];
  /** Which issuers and domains new members must come from; null for callers who are not owners of the firm. */
  signIn?: Maybe<FirmSignIn>;
  /** Short name, for URLs and commands. */
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

/** A firm's policy on leases for its content. */
export type FirmAccessPolicy = {
  /** How many approvers of the platform must approve a lease. */
  approvers: Scalars['Int']['output'];
  /** What the firm requires. */
  policy: FirmPolicy;
};

/** A page of firms. */
export type FirmConnection = {
  /** The firms of the page with their cursors. */
  edges: Array<FirmEdge>;
  /** The firms of the page. */
  nodes: Array<Firm>;
  /** The position of the page in the list. */
  pageInfo: PageInfo;
  /** The length of the whole list; counted only when selected. */
  totalCount: Scalars['Int']['output'];
};

/** A firm in a list. */
export type FirmEdge = {
  /** The position of the edge in the list, for `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The firm. */
  node: Firm;
};

/** A job on a firm's keys or content, or on those of the platform: the request and its progress. */
export type FirmJob = {
  /** When the job was approved; null until then. */
  agreedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The person who approved the job; null until then, and for a person of the platform if a firm's people ask. */
  agreedBy?: Maybe<User>;
  /** The account that approved the job; null until then, and if no approval is needed. */
  agreedById?: Maybe<Scalars['ID']['output']>;
  /** When the job was requested. */
  askedAt: Scalars['DateTime']['output'];
  /** The person who requested the job; null if no person did, and for a person of the platform if a firm's people ask. */
  askedBy?: Maybe<User>;
  /** The account that requested the job; null if a command or the program did. */
  askedById?: Maybe<Scalars['ID']['output']>;
  /** The class of the data keys the job is about; null for the wrapping key, or for all classes. */
  class?: Maybe<FirmKeyClass>;
  /** Values or keys that are done. */
  done: Scalars['Float']['output'];
  /** When it ended; null until then. */
  endedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Values that did not open; the job left them unchanged. */
  failed: Scalars['Float']['output'];
  /** That firm; null for a job of the platform. */
  firm?: Maybe<Firm>;
  /** The firm the job is about; the nil UUID for a job on the platform's own keys, on columns of all firms, or on the platform's people. */
  firmId: Scalars['ID']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** What the job does. */
  kind: JobKind;
  /** Whose approval the job needs, besides the person who requested it; null if it needs none. */
  needs?: Maybe<JobConsent>;
  /** When an erasure may begin; null for another job. */
  notBefore?: Maybe<Scalars['DateTime']['output']>;
  /** SHA-256 of the whole request, in hex. approveJob approves exactly this. */
  requestHash: Scalars['String']['output'];
  /** The job's state. */
  state: JobState;
  /** A coordinate or a record's id, if the job is about one. */
  subject?: Maybe<Scalars['String']['output']>;
  /** Further terms of the request, by kind: for BRING, the ARN of the key; for ESCROW, the holders and the threshold. */
  terms?: Maybe<Scalars['String']['output']>;
  /** Values or keys to do in all, as last counted; null until they are counted. */
  total?: Maybe<Scalars['Float']['output']>;
  /** One word for why the job failed, or why it makes no progress now. */
  trouble?: Maybe<Scalars['String']['output']>;
  /** Until when the request can be approved and done; null if it never expires. */
  validUntil?: Maybe<Scalars['DateTime']['output']>;
  /** The version of the data key, if the job is about one. */
  version?: Maybe<Scalars['Int']['output']>;
};

/** A version of one of the firm's data keys, which seals values of one class. It holds no key material. */
export type FirmKey = {
  /** What the key seals: content of a class, proofs of rights, or secrets of jobs. */
  class: FirmKeyClass;
  /** When the key was created. */
  createdAt: Scalars['DateTime']['output'];
  /** The firm the key belongs to. */
  firmId: Scalars['ID']['output'];
  /** Whether a key brought by the firm wraps this key. */
  isOwn: Scalars['Boolean']['output'];
  /** Since when that key is in this state; null if ownKeyState is null. */
  ownKeySince?: Maybe<Scalars['DateTime']['output']>;
  /** The state of that key when a worker last checked it; null for a key of the platform, and before the first check. */
  ownKeyState?: Maybe<OwnKeyState>;
  /** Number of values sealed under the key, including reserved ones. Never lower than the true number. */
  sealed: Scalars['Float']['output'];
  /** What the key can be used for. */
  state: FirmKeyState;
  /** The version within the class: 1, 2, 3 … */
  version: Scalars['Int']['output'];
};

/** What a data key seals. */
export type FirmKeyClass =
  /** Content of invoices, line items and time entries. */
  | 'BILLING'
  /** Content of messages and comments. */
  | 'COMMUNICATION'
  /** Content of documents, and their files. */
  | 'DOCUMENT'
  /** Secrets of jobs on the firm's content. */
  | 'JOB'
  /** Content of notes. */
  | 'NOTE'
  /** Proofs (MACs) of the rows that give rights. */
  | 'RIGHTS';

/** What a version of a data key can be used for. */
export type FirmKeyState =
  /** The key seals and opens values. Each class has one active version. */
  | 'ACTIVE'
  /** The key is gone for good, and with it everything sealed under it. */
  | 'DESTROYED'
  /** The key opens nothing until it is enabled. */
  | 'DISABLED'
  /** The key only opens values sealed under it. */
  | 'RETIRED';

/** Sort orders of a list of firms. */
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
  /** The firm the object belongs to. */
  firmId: Scalars['ID']['output'];
};

/** What a firm requires for a lease on its content. */
export type FirmPolicy =
  /** One of the firm's owners must approve. */
  | 'APPROVE'
  /** The firm accepts no requests. */
  | 'NEVER'
  /** The firm's owners are notified; their approval is not required. */
  | 'NOTIFY';

/** A person's role in a firm. */
export type FirmRole =
  /** A customer of the firm, who sees what is shared with them. */
  | 'CLIENT'
  /** Reads and writes the firm's content. */
  | 'MEMBER'
  /** May do everything, including members, keys and the audit log. */
  | 'OWNER';

/** Which issuers and domains new members of a firm must come from. An empty list means any. */
export type FirmSignIn = {
  /** The allowed domains of invited e-mail addresses. If there are any, the person who accepts must sign in with a token that carries the invited address as verified (email, email_verified). */
  domains: Array<Scalars['String']['output']>;
  /** The token issuers whose accounts may join. */
  issuers: Array<Scalars['String']['output']>;
};

/** Whether a firm's members may work. */
export type FirmStatus =
  /** Members may work. */
  | 'ACTIVE'
  /** The firm's content, keys and people are erased for good, or are being erased. */
  | 'ERASED'
  /** The tokens of the firm's members are refused. Nothing is deleted. */
  | 'SUSPENDED';

/** An open invitation: not yet accepted, revoked or expired. */
export type Invitation = {
  /** The client the person will belong to; null for other roles than CLIENT. */
  clientId?: Maybe<Scalars['ID']['output']>;
  /** When the invitation was created. */
  createdAt: Scalars['DateTime']['output'];
  /** The invited e-mail address. */
  email: Scalars['String']['output'];
  /** When the invitation expires: after seven days, by the database's clock. */
  expiresAt: Scalars['DateTime']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** The owner who sent the invitation. It ends when this person is no longer an owner. */
  invitedBy?: Maybe<User>;
  /** Whether the link is sent to the platform's webhook. */
  isSent: Scalars['Boolean']['output'];
  /** The invited person's name. */
  name: Scalars['String']['output'];
  /** The role the person will have. */
  role: FirmRole;
};

/** The person to invite. */
export type InviteMemberInput = {
  /** The client the person belongs to: required for the role CLIENT, not allowed for other roles. */
  clientId?: InputMaybe<Scalars['ID']['input']>;
  /** The person's e-mail address. No current member of the firm may have it. */
  email: Scalars['String']['input'];
  /** The person's name, on one line. */
  name: Scalars['String']['input'];
  /** The person's role. */
  role: FirmRole;
  /** Whether the link is also sent to the platform's webhook, if there is one, to be passed on. Anyone who reads the webhook's deliveries can use the link, unless the firm is restricted to domains. False if you pass the link on yourself. */
  send?: InputMaybe<Scalars['Boolean']['input']>;
};

/** The invitation and its link, which is shown only once. */
export type InviteMemberPayload = {
  /** The invitation. */
  invitation: Invitation;
  /** The link, a path of the web app. Anyone who has the link can accept the invitation. Browsers don't send the part after # to any server. */
  path: Scalars['String']['output'];
};

/** An invoice of a firm. */
export type Invoice = FirmOwned & Node & {
  /** The amount still due. */
  amountDue?: Maybe<Scalars['Decimal']['output']>;
  /** Who created the invoice. */
  author?: Maybe<User>;
  /** The client the invoice is for. */
  client?: Maybe<Client>;
  /** Comments by the firm's people; null for a portal client. */
  comments?: Maybe<CommentConnection>;
  /** When the object was created. */
  createdAt: Scalars['DateTime']['output'];
  /** The currency, as an ISO 4217 code. */
  currency: Scalars['String']['output'];
  /** When payment is due. */
  dueAt?: Maybe<Scalars['DateTime']['output']>;
  /** The firm the invoice belongs to. */
  firmId: Scalars['ID']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** When it was issued; null for a draft. */
  issuedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The line items, in order, at most 200. */
  lineItems: Array<InvoiceLineItem>;
  /** Text beside the line items. */
  memo?: Maybe<Scalars['String']['output']>;
  /** The invoice number, unique in the firm. */
  number: Scalars['String']['output'];
  /** Grows by one with each change. A change must name the revision it is based on. */
  revision: Scalars['Int']['output'];
  /** What devices of the firm have sealed, while the class is in the firm's own custody; otherwise empty, as for anyone but the firm's own people. */
  sealedFields: Array<SealedField>;
  /** The clients with access, at most 100. A portal client sees only itself. */
  sharedWith: Array<Client>;
  /** The invoice's status. */
  status: InvoiceStatus;
  /** The total as the firm gives it; Firmseal does not sum up the line items. */
  total?: Maybe<Scalars['Decimal']['output']>;
  /** When the object was last changed. */
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


/** An invoice of a firm. */
export type InvoiceSealedFieldsArgs = {
  names?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** A page of invoices. */
export type InvoiceConnection = {
  /** The invoices of the page with their cursors. */
  edges: Array<InvoiceEdge>;
  /** The invoices of the page. */
  nodes: Array<Invoice>;
  /** The position of the page in the list. */
  pageInfo: PageInfo;
  /** The length of the whole list; counted only when selected. */
  totalCount: Scalars['Int']['output'];
};

/** An invoice in a list. */
export type InvoiceEdge = {
  /** The position of the edge in the list, for `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The invoice. */
  node: Invoice;
};

/** A filter for invoices, by metadata only. */
export type InvoiceFilter = {
  /** Created by this user. */
  authorId?: InputMaybe<Scalars['ID']['input']>;
  /** For this client. */
  clientId?: InputMaybe<Scalars['ID']['input']>;
  /** Created before this time. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Created at this time or later. */
  createdFrom?: InputMaybe<Scalars['DateTime']['input']>;
  /** Due before this time. */
  dueBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Due at this time or later. */
  dueFrom?: InputMaybe<Scalars['DateTime']['input']>;
  /** Issued before this time. */
  issuedBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Issued at this time or later. */
  issuedFrom?: InputMaybe<Scalars['DateTime']['input']>;
  /** With this number. */
  number?: InputMaybe<Scalars['String']['input']>;
  /** Shared with this client. */
  sharedWithId?: InputMaybe<Scalars['ID']['input']>;
  /** With this status. */
  status?: InputMaybe<InvoiceStatus>;
  /** Last changed before this time. */
  updatedBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Last changed at this time or later. */
  updatedFrom?: InputMaybe<Scalars['DateTime']['input']>;
};

/** One line of an invoice. */
export type InvoiceLineItem = FirmOwned & Node & {
  /** When the object was created. */
  createdAt: Scalars['DateTime']['output'];
  /** What was done or delivered. */
  description?: Maybe<Scalars['String']['output']>;
  /** The firm the line item belongs to. */
  firmId: Scalars['ID']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** The invoice. */
  invoice?: Maybe<Invoice>;
  /** The position in the invoice: 1, 2, 3 … */
  position: Scalars['Int']['output'];
  /** The quantity. */
  quantity?: Maybe<Scalars['Decimal']['output']>;
  /** Grows by one with each change. A change must name the revision it is based on. */
  revision: Scalars['Int']['output'];
  /** What devices of the firm have sealed, while the class is in the firm's own custody; otherwise empty, as for anyone but the firm's own people. */
  sealedFields: Array<SealedField>;
  /** The price of one unit, in the invoice's currency. */
  unitAmount?: Maybe<Scalars['Decimal']['output']>;
  /** When the object was last changed. */
  updatedAt: Scalars['DateTime']['output'];
};


/** One line of an invoice. */
export type InvoiceLineItemSealedFieldsArgs = {
  names?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** One line of an invoice. Its position in the list is its position in the invoice. */
export type InvoiceLineItemInput = {
  /** What was done or delivered. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** A UUIDv7 made by the caller. Only for a line item in the firm's own custody, which needs it. */
  id?: InputMaybe<Scalars['ID']['input']>;
  /** The quantity. */
  quantity?: InputMaybe<Scalars['Decimal']['input']>;
  /** The content, if its class is in the firm's own custody: then in place of the plain arguments. */
  sealed?: InputMaybe<SealedInput>;
  /** The price of one unit, in the invoice's currency. */
  unitAmount?: InputMaybe<Scalars['Decimal']['input']>;
};

/** Sort orders of a list of invoices. */
export type InvoiceOrder =
  /** Oldest first. */
  | 'CREATED_AT_ASC'
  /** Newest first. */
  | 'CREATED_AT_DESC'
  /** By number, compared as text. */
  | 'NUMBER_ASC'
  /** By number, descending. */
  | 'NUMBER_DESC'
  /** Least recently changed first. */
  | 'UPDATED_AT_ASC'
  /** Most recently changed first. */
  | 'UPDATED_AT_DESC';

/** The status of an invoice. A portal client sees an invoice from ISSUED on. */
export type InvoiceStatus =
  /** Not issued yet. Only the firm sees the invoice, even if it is shared with clients. */
  | 'DRAFT'
  /** Sent to the client. */
  | 'ISSUED'
  /** Paid. */
  | 'PAID'
  /** No longer valid. */
  | 'VOID';

/** A page of jobs. */
export type JobConnection = {
  /** The jobs of the page with their cursors. */
  edges: Array<JobEdge>;
  /** The jobs of the page. */
  nodes: Array<FirmJob>;
  /** The position of the page in the list. */
  pageInfo: PageInfo;
  /** The length of the whole list; counted only when selected. */
  totalCount: Scalars['Int']['output'];
};

/** Whose approval a job needs, besides the person who requests it. */
export type JobConsent =
  /** Another approver of the platform. */
  | 'APPROVER'
  /** An owner of the firm. */
  | 'OWNER';

/** A job in a list. */
export type JobEdge = {
  /** The position of the edge in the list, for `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The job. */
  node: FirmJob;
};

/** A filter for jobs, which must match every given condition. */
export type JobFilter = {
  /** About this firm. The nil UUID: jobs of the platform. */
  firmId?: InputMaybe<Scalars['ID']['input']>;
  /** Whether the job has not ended. */
  isOpen?: InputMaybe<Scalars['Boolean']['input']>;
  /** Of this kind. */
  kind?: InputMaybe<JobKind>;
  /** In this state. */
  state?: InputMaybe<JobState>;
};

/** The kind of a job. */
export type JobKind =
  /** Appoints an operator of the platform who can't approve anything. */
  | 'ADD_OPERATOR'
  /** Appoints an approver of the platform, 72 hours after a second approver has approved, or 24 hours if both approvers have been approvers for more than 30 days. While the platform has no two approvers who count as two, any operator is appointed this way. The owners of all firms get a notice. */
  | 'APPOINT'
  /** Seals the values that exist only as plaintext, and keeps the plaintext. */
  | 'BACKFILL'
  /** Wraps all data keys of the firm under a key that the firm brings, and drops the previous wrapping key. */
  | 'BRING'
  /** Removes plaintext values that were found equal to their sealed values. */
  | 'CLEAR'
  /** Removes the plaintext of all firms. */
  | 'CONTRACT'
  /** Destroys a key that seals no value, for good. */
  | 'DESTROY'
  /** Disables a key: nothing sealed under it opens until the key is enabled. */
  | 'DISABLE'
  /** Rehearses a recovery without changing anything. */
  | 'DRILL'
  /** Enables a disabled key. */
  | 'ENABLE'
  /** Erases the firm, one of its clients or a record, for good. The job can be cancelled until it begins. */
  | 'ERASE'
  /** Writes the firm's data keys into an escrow, for the case that the key service is lost. Only the holders of shares can open the escrow, together. A job that firmJobs does not list is about the platform's own keys, which sign the log and prove rights; the same applies to RECOVER and DRILL. */
  | 'ESCROW'
  /** Wraps all data keys of the firm under a new key of the platform, and drops the firm's own key. */
  | 'GIVE_BACK'
  /** Moves the migration of a plaintext column into a sealed column to its next phase, for all firms at once. */
  | 'MOVE'
  /** Recovers the firm's data keys from an escrow, once enough holders have given their shares. */
  | 'RECOVER'
  /** Seals values under older versions of a data key again, under the newest version. */
  | 'REENCRYPT'
  /** Wraps the data keys again, under the current wrapping key. */
  | 'REWRAP'
  /** Creates a new version of a data key, or of the wrapping key. */
  | 'ROTATE'
  /** Opens every sealed value and compares it with its plaintext. */
  | 'VERIFY';

/** Sort orders of a list of jobs. */
export type JobOrder =
  /** Oldest request first. */
  | 'ASKED_AT_ASC'
  /** Newest request first. */
  | 'ASKED_AT_DESC';

/** The state of a job. */
export type JobState =
  /** The job was cancelled. What was done stays done. */
  | 'CANCELLED'
  /** The job is done. */
  | 'DONE'
  /** The job can't be done, or not completely. What was done stays done. */
  | 'FAILED'
  /** The job waits for a worker. */
  | 'QUEUED'
  /** A worker is doing the job. */
  | 'RUNNING'
  /** The job waits for a second person: another approver of the platform, or an owner of the firm. */
  | 'WAITING';

/** A firm's key log: the signed record of its people, devices, keys and custody. Believe only what your device has verified of it. */
export type KeyLog = {
  /** The newest signed state of the log; null before the first. Reading one that is older than 4 minutes asks for a fresh one. */
  checkpoint?: Maybe<KeyLogCheckpoint>;
  /** The texts of the entries of this page, in their order: at most 1 MiB together, but at least one entry. */
  entries: Array<Scalars['String']['output']>;
  /** Hash of entry 0, 64 hexadecimal digits; null before it. */
  genesis?: Maybe<Scalars['String']['output']>;
  /** Hash of the last entry, 64 hexadecimal digits; null before the first. */
  head?: Maybe<Scalars['String']['output']>;
  /** Name of the installation, with which a log begins. */
  installation: Scalars['String']['output'];
  /** The names to which the entries of this page commit, as far as they are not erased. */
  names: Array<KeyLogName>;
  /** The newest version of the data key of each class, in either custody. The next data key has the number after it. */
  newestVersions: Array<KeyLogVersion>;
  /** Number of entries; 0 before the first. */
  size: Scalars['Int']['output'];
};

/** A signed state of a key log. */
export type KeyLogCheckpoint = {
  /** The checkpoint, as a C2SP signed note. */
  note: Scalars['String']['output'];
  /** When it was signed, by the signer's clock. */
  signedAt: Scalars['DateTime']['output'];
  /** Number of entries. */
  size: Scalars['Int']['output'];
};

/** A name beside the key log. */
export type KeyLogName = {
  /** The name. */
  name: Scalars['String']['output'];
  /** Whose name it is: the id of the user. */
  person: Scalars['ID']['output'];
  /** The random bytes in the commitment, 16 bytes in base64. */
  salt: Scalars['String']['output'];
};

/** A name beside the key log. */
export type KeyLogNameInput = {
  /** The name. */
  name: Scalars['String']['input'];
  /** Whose name it is: the id of the user. */
  person: Scalars['ID']['input'];
  /** The random bytes in the commitment, 16 bytes in base64. */
  salt: Scalars['String']['input'];
};

/** The newest version of a data key. */
export type KeyLogVersion = {
  /** The content class. */
  class: Scalars['String']['output'];
  /** The version; 0 before the first. */
  version: Scalars['Int']['output'];
};

/** One person's approval of exactly one request. */
export type LeaseApproval = {
  /** When the approval was given. */
  approvedAt: Scalars['DateTime']['output'];
  /** Why the person approved, in their words. The firm's owners, the requester, approvers and auditors see it; null for others, without a reason, once it is erased, and if it is not the text that was approved with. */
  reason?: Maybe<Scalars['String']['output']>;
  /** The hash of the approved request. */
  requestHash: Scalars['String']['output'];
  /** On whose behalf the approval was given. */
  side: LeaseSide;
  /** The approver; null if the caller is of a firm and the approver of the platform. */
  user?: Maybe<User>;
  /** The account that approved. */
  userId: Scalars['ID']['output'];
};

/** The denial of a request. */
export type LeaseDenial = {
  /** When the request was denied. */
  deniedAt: Scalars['DateTime']['output'];
  /** Why the person denied the request, in their words. The same people see it as the reason of the request; null for others, without a reason, and once it is erased. The audit log has its hash. */
  reason?: Maybe<Scalars['String']['output']>;
  /** On whose behalf the request was denied. */
  side?: Maybe<LeaseSide>;
  /** The person who denied the request; null if the caller is of a firm and the person of the platform. */
  user?: Maybe<User>;
  /** The account that denied the request; null if the database does not know it. */
  userId?: Maybe<Scalars['ID']['output']>;
};

/** A change of a lease from one state to another. */
export type LeaseEvent = {
  /** The account that changed the state; null for the program itself. */
  actorId?: Maybe<Scalars['ID']['output']>;
  /** When the state changed. */
  at: Scalars['DateTime']['output'];
  /** The previous state; null for the request itself. */
  fromState?: Maybe<LeaseState>;
  /** The new state. */
  toState: LeaseState;
};

/** What one request opened under a lease, from the audit log. */
export type LeaseOpening = {
  /** When the process wrote the entry, by the process's clock. */
  at: Scalars['DateTime']['output'];
  /** The fields, as Type.field. */
  coordinates: Array<Scalars['String']['output']>;
  /** The id of the audit log entry. */
  id: Scalars['ID']['output'];
  /** The ids of the records. */
  recordIds: Array<Scalars['ID']['output']>;
  /** The request's id, made by the server. */
  requestId?: Maybe<Scalars['ID']['output']>;
};

/** A page of openings under a lease. */
export type LeaseOpeningConnection = {
  /** The openings of the page with their cursors. */
  edges: Array<LeaseOpeningEdge>;
  /** The openings of the page. */
  nodes: Array<LeaseOpening>;
  /** The position of the page in the list. */
  pageInfo: PageInfo;
  /** The length of the whole list; counted only when selected. */
  totalCount: Scalars['Int']['output'];
};

/** An opening in a list. */
export type LeaseOpeningEdge = {
  /** The position of the edge in the list, for `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The opening. */
  node: LeaseOpening;
};

/** The purpose of a lease. */
export type LeasePurpose =
  /** The firm asked for help. */
  | 'CUSTOMER_SUPPORT'
  /** Something is broken. */
  | 'INCIDENT'
  /** A court or an authority demands it. */
  | 'LEGAL_PROCESS'
  /** A review of the platform's security. */
  | 'SECURITY_REVIEW';

/** On whose behalf a person approves a lease. */
export type LeaseSide =
  /** The firm: one of its owners. */
  | 'FIRM'
  /** The platform: an approver. */
  | 'PLATFORM';

/** The state of a lease. EXPIRED and the states after it are final. */
export type LeaseState =
  /** The broker checks every approval again and creates the grants. */
  | 'ACTIVATING'
  /** Content can be read under it. */
  | 'ACTIVE'
  /** Everyone required has approved. The requester can activate the lease. */
  | 'APPROVED'
  /** The requester withdrew the request. */
  | 'CANCELLED'
  /** The request was denied. */
  | 'DENIED'
  /** The lease's read budget is used up. */
  | 'EXHAUSTED'
  /** The lease's time is over. */
  | 'EXPIRED'
  /** No one decided on the request, or activated the lease, within 24 hours. */
  | 'LAPSED'
  /** The requester gave the lease back. */
  | 'RELEASED'
  /** The lease waits for approvals. */
  | 'REQUESTED'
  /** The lease was revoked: by the firm, by the platform, by a stricter policy, or by the broker, which found a requirement missing. */
  | 'REVOKED';

/** A message in a thread. */
export type Message = FirmOwned & Node & {
  /** Who wrote it. */
  author?: Maybe<User>;
  /** The text. */
  body?: Maybe<Scalars['String']['output']>;
  /** Comments by the firm's people; null for a portal client. */
  comments?: Maybe<CommentConnection>;
  /** When it was written. */
  createdAt: Scalars['DateTime']['output'];
  /** The firm the message belongs to. */
  firmId: Scalars['ID']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** Grows by one with each change. A change must name the revision it is based on. */
  revision: Scalars['Int']['output'];
  /** What devices of the firm have sealed, while the class is in the firm's own custody; otherwise empty, as for anyone but the firm's own people. */
  sealedFields: Array<SealedField>;
  /** The subject. */
  subject?: Maybe<Scalars['String']['output']>;
  /** The thread. */
  thread?: Maybe<Thread>;
  /** When the object was last changed. */
  updatedAt: Scalars['DateTime']['output'];
};


/** A message in a thread. */
export type MessageCommentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<CommentOrder>;
};


/** A message in a thread. */
export type MessageSealedFieldsArgs = {
  names?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** A page of messages. */
export type MessageConnection = {
  /** The messages of the page with their cursors. */
  edges: Array<MessageEdge>;
  /** The messages of the page. */
  nodes: Array<Message>;
  /** The position of the page in the list. */
  pageInfo: PageInfo;
  /** The length of the whole list; counted only when selected. */
  totalCount: Scalars['Int']['output'];
};

/** A message in a list. */
export type MessageEdge = {
  /** The position of the edge in the list, for `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The message. */
  node: Message;
};

/** A filter for messages, by metadata only. */
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

/** Sort orders of a list of messages. */
export type MessageOrder =
  /** Oldest first. */
  | 'CREATED_AT_ASC'
  /** Newest first. */
  | 'CREATED_AT_DESC'
  /** Least recently changed first. */
  | 'UPDATED_AT_ASC'
  /** Most recently changed first. */
  | 'UPDATED_AT_DESC';

/** The mutations. The audit log records every change before it is committed. */
export type Mutation = {
  /** Accepts an invitation for the signed-in person, who must have no account here or no longer belong to a firm. A person belongs to one firm at a time. All owners get a notice. It must be the only field of the request. */
  acceptInvitation?: Maybe<AcceptInvitationPayload>;
  /** Acknowledges an alert; the person who caused the alert can't. A later occurrence opens a new alert. The audit log records the acknowledgement. */
  acknowledgeAlert?: Maybe<AcknowledgeAlertPayload>;
  /** Activates the caller's own approved lease. Waits up to five seconds for the broker. If the lease is still ACTIVATING then, query it again. */
  activateBreakGlass?: Maybe<BreakGlassLeasePayload>;
  /** Stores wraps of data keys that the key log has, for example for a device that was added. */
  addKeyWraps?: Maybe<AddKeyWrapsPayload>;
  /** Another owner agrees to a proposal. The proposer's device then appends it to the key log. */
  agreeToProposal?: Maybe<OwnerProposalPayload>;
  /** Appends entries to the key log of the caller's firm, with what belongs to them: all of it, or nothing. */
  appendKeyLog?: Maybe<AppendKeyLogPayload>;
  /** Approves a request, on behalf of the caller's side: the firm or the platform. The token must show a sign-in within the last five minutes, and the requester can't approve. */
  approveBreakGlass?: Maybe<BreakGlassLeasePayload>;
  /** Approves a job on behalf of the caller's side: an owner approves a job of the firm that waits for an owner, an approver a job that waits for another approver. A worker then does the job. The token must show a sign-in within the last five minutes. */
  approveJob?: Maybe<ApproveJobPayload>;
  /** Withdraws the caller's own request. */
  cancelBreakGlass?: Maybe<BreakGlassLeasePayload>;
  /** Cancels the recovery of the owner's firm. The platform must start over. */
  cancelOwnerRecovery?: Maybe<CancelOwnerRecoveryPayload>;
  /** A device that the key log has answers a new one: of the same person, or of an owner. */
  challengeDevice?: Maybe<DeviceRequestPayload>;
  /** Creates a client. */
  createClient?: Maybe<CreateClientPayload>;
  /** Writes a comment. */
  createComment?: Maybe<CreateCommentPayload>;
  /** Creates a document. */
  createDocument?: Maybe<CreateDocumentPayload>;
  /** Creates the next version of a document. A portal client may do so for a document shared with it. */
  createDocumentVersion?: Maybe<CreateDocumentVersionPayload>;
  /** Creates a path from which a browser can download a file once. */
  createDownload?: Maybe<CreateDownloadPayload>;
  /** Creates an invoice. */
  createInvoice?: Maybe<CreateInvoicePayload>;
  /** Writes a message in a thread. A portal client may do so in a thread shared with it. */
  createMessage?: Maybe<CreateMessagePayload>;
  /** Creates a note. */
  createNote?: Maybe<CreateNotePayload>;
  /** Starts a thread. */
  createThread?: Maybe<CreateThreadPayload>;
  /** Creates a time entry. */
  createTimeEntry?: Maybe<CreateTimeEntryPayload>;
  /** Deletes a comment's content for good. Its id can't be used again. */
  deleteComment?: Maybe<DeleteCommentPayload>;
  /** Deletes the content of a document, of its versions and of its comments for good. Its id can't be used again. */
  deleteDocument?: Maybe<DeleteDocumentPayload>;
  /** Deletes the content of an invoice, of its line items and of its comments for good. Its id can't be used again, its number can. */
  deleteInvoice?: Maybe<DeleteInvoicePayload>;
  /** Deletes the content of a message and of its comments for good. Its id can't be used again. */
  deleteMessage?: Maybe<DeleteMessagePayload>;
  /** Deletes the content of a note and of its comments for good. Its id can't be used again. */
  deleteNote?: Maybe<DeleteNotePayload>;
  /** Deletes a time entry's content for good. Its id can't be used again. */
  deleteTimeEntry?: Maybe<DeleteTimeEntryPayload>;
  /** Denies a request, on behalf of the caller's side: the firm or the platform. */
  denyBreakGlass?: Maybe<BreakGlassLeasePayload>;
  /** Denies a job that waits for an owner. The job is cancelled. */
  denyJob?: Maybe<DenyJobPayload>;
  /** Ends the request of a device. */
  endDevice?: Maybe<DeviceRequestPayload>;
  /** Ends a proposal: it stands in the key log, or is not wanted any more. */
  endProposal?: Maybe<OwnerProposalPayload>;
  /** Invites a person to the owner's firm. The link works once, within seven days. To invite an OWNER, the token must show a sign-in within the last five minutes. All owners get a notice. */
  inviteMember?: Maybe<InviteMemberPayload>;
  /** Proposes a decision to the other owners, for 7 days. At most 20 are open at a time. */
  proposeToOwners?: Maybe<OwnerProposalPayload>;
  /** Ends the caller's own lease early. */
  releaseBreakGlass?: Maybe<BreakGlassLeasePayload>;
  /** Ends the request of a device with a share of its person's recovery key, from the holder whose device answered. */
  releaseShare?: Maybe<DeviceRequestPayload>;
  /** Removes a member from the firm, from their next request on. What they wrote stays. The last owner can't be removed. To remove another owner, the token must show a sign-in within the last five minutes. All owners get a notice. */
  removeMember?: Maybe<RemoveMemberPayload>;
  /** Requests a lease on one firm's content. The firm's owners get a notice. Nothing can be read before others approve. */
  requestBreakGlass?: Maybe<BreakGlassLeasePayload>;
  /** A new device of the caller wants to join the key log. At most 5 open requests of a person. */
  requestDevice?: Maybe<DeviceRequestPayload>;
  /** Replaces values and stamps of records by the same values, sealed under the newest data key; while the class is MOVING, those of records that the platform has sealed, too. Any member whose device may read the class may send it. */
  resealRecords?: Maybe<ResealRecordsPayload>;
  /** Gives records that a device has opened back to the platform, which seals them, while their class is in BACK. CONFLICT in any other custody. */
  returnRecords?: Maybe<ReturnRecordsPayload>;
  /** The new device reveals its keys, after the answer. */
  revealDevice?: Maybe<DeviceRequestPayload>;
  /** Marks an ended lease as reviewed. The caller must neither have requested nor approved the lease, and the token must show a sign-in within the last five minutes. */
  reviewBreakGlass?: Maybe<BreakGlassLeasePayload>;
  /** Revokes a lease, on behalf of the caller's side: the firm or the platform. After the answer, nothing more is opened under the lease. */
  revokeBreakGlass?: Maybe<BreakGlassLeasePayload>;
  /** Revokes an invitation of the owner's firm. All owners get a notice. */
  revokeInvitation?: Maybe<RevokeInvitationPayload>;
  /** Requests a new version of a data key of the owner's firm, which seals all values from then on. A worker creates it. All owners get a notice. */
  rotateFirmKey?: Maybe<RotateFirmKeyPayload>;
  /** Sets the policy of the owner's firm on leases. A stricter policy revokes leases that were already approved. For a looser policy, the token must show a sign-in within the last five minutes. All owners get a notice. */
  setFirmAccessPolicy?: Maybe<SetFirmAccessPolicyPayload>;
  /** Sets which issuers and domains new members of the owner's firm must come from. The token must show a sign-in within the last five minutes. A change ends all open invitations: invite again. All owners get a notice. */
  setFirmSignIn?: Maybe<SetFirmSignInPayload>;
  /** Changes a member's role, from their next request on. The last owner can't be demoted. To make someone an owner, or to demote an owner, the token must show a sign-in within the last five minutes. All owners get a notice. */
  setMemberRole?: Maybe<SetMemberRolePayload>;
  /** Shares a document, a thread or an issued invoice with a client's portal users, from their next request on. Sharing again changes nothing. */
  shareWithClient?: Maybe<ShareWithClientPayload>;
  /** Ends all sessions of the caller's account at once, this one included. From the next request on, tokens that were issued before, or whose person signed in before, are UNAUTHENTICATED, and links of createDownload no longer work. The answer comes once a new sign-in counts, after up to a second. It needs no fresh sign-in and no key service. The audit log records it. */
  signOutEverywhere?: Maybe<SignOutEverywherePayload>;
  /** Stops sharing with a client's portal users, from their next request on. */
  unshareWithClient?: Maybe<UnshareWithClientPayload>;
  /** Changes a client. Fields left out keep their values. */
  updateClient?: Maybe<UpdateClientPayload>;
  /** Changes a comment. Fields left out keep their values. */
  updateComment?: Maybe<UpdateCommentPayload>;
  /** Changes a document. Fields left out keep their values. */
  updateDocument?: Maybe<UpdateDocumentPayload>;
  /** Changes an invoice. Fields left out keep their values. */
  updateInvoice?: Maybe<UpdateInvoicePayload>;
  /** Changes a message. Fields left out keep their values. */
  updateMessage?: Maybe<UpdateMessagePayload>;
  /** Changes a note. Fields left out keep their values. */
  updateNote?: Maybe<UpdateNotePayload>;
  /** Changes a time entry. Fields left out keep their values. */
  updateTimeEntry?: Maybe<UpdateTimeEntryPayload>;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationAcceptInvitationArgs = {
  input: AcceptInvitationInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationAcknowledgeAlertArgs = {
  input: AcknowledgeAlertInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationActivateBreakGlassArgs = {
  leaseId: Scalars['ID']['input'];
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationAddKeyWrapsArgs = {
  input: AddKeyWrapsInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationAgreeToProposalArgs = {
  input: AgreeToProposalInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationAppendKeyLogArgs = {
  input: AppendKeyLogInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationApproveBreakGlassArgs = {
  leaseId: Scalars['ID']['input'];
  reason?: InputMaybe<Scalars['String']['input']>;
  requestHash: Scalars['String']['input'];
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationApproveJobArgs = {
  input: ApproveJobInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationCancelBreakGlassArgs = {
  leaseId: Scalars['ID']['input'];
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationChallengeDeviceArgs = {
  input: ChallengeDeviceInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationCreateClientArgs = {
  input: CreateClientInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationCreateCommentArgs = {
  input: CreateCommentInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationCreateDocumentArgs = {
  input: CreateDocumentInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationCreateDocumentVersionArgs = {
  input: CreateDocumentVersionInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationCreateDownloadArgs = {
  input: CreateDownloadInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationCreateInvoiceArgs = {
  input: CreateInvoiceInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationCreateMessageArgs = {
  input: CreateMessageInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationCreateNoteArgs = {
  input: CreateNoteInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationCreateThreadArgs = {
  input: CreateThreadInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationCreateTimeEntryArgs = {
  input: CreateTimeEntryInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationDeleteCommentArgs = {
  input: DeleteCommentInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationDeleteDocumentArgs = {
  input: DeleteDocumentInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationDeleteInvoiceArgs = {
  input: DeleteInvoiceInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationDeleteMessageArgs = {
  input: DeleteMessageInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationDeleteNoteArgs = {
  input: DeleteNoteInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationDeleteTimeEntryArgs = {
  input: DeleteTimeEntryInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationDenyBreakGlassArgs = {
  leaseId: Scalars['ID']['input'];
  reason?: InputMaybe<Scalars['String']['input']>;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationDenyJobArgs = {
  input: DenyJobInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationEndDeviceArgs = {
  input: EndDeviceInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationEndProposalArgs = {
  input: EndProposalInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationInviteMemberArgs = {
  input: InviteMemberInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationProposeToOwnersArgs = {
  input: ProposeToOwnersInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationReleaseBreakGlassArgs = {
  leaseId: Scalars['ID']['input'];
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationReleaseShareArgs = {
  input: ReleaseShareInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationRemoveMemberArgs = {
  input: RemoveMemberInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationRequestBreakGlassArgs = {
  input: RequestBreakGlassInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationRequestDeviceArgs = {
  input: RequestDeviceInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationResealRecordsArgs = {
  input: ResealRecordsInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationReturnRecordsArgs = {
  input: ReturnRecordsInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationRevealDeviceArgs = {
  input: RevealDeviceInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationReviewBreakGlassArgs = {
  leaseId: Scalars['ID']['input'];
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationRevokeBreakGlassArgs = {
  leaseId: Scalars['ID']['input'];
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationRevokeInvitationArgs = {
  input: RevokeInvitationInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationRotateFirmKeyArgs = {
  input: RotateFirmKeyInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationSetFirmAccessPolicyArgs = {
  input: SetFirmAccessPolicyInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationSetFirmSignInArgs = {
  input: SetFirmSignInInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationSetMemberRoleArgs = {
  input: SetMemberRoleInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationShareWithClientArgs = {
  input: ShareWithClientInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationUnshareWithClientArgs = {
  input: UnshareWithClientInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationUpdateClientArgs = {
  input: UpdateClientInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationUpdateCommentArgs = {
  input: UpdateCommentInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationUpdateDocumentArgs = {
  input: UpdateDocumentInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationUpdateInvoiceArgs = {
  input: UpdateInvoiceInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationUpdateMessageArgs = {
  input: UpdateMessageInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationUpdateNoteArgs = {
  input: UpdateNoteInput;
};


/** The mutations. The audit log records every change before it is committed. */
export type MutationUpdateTimeEntryArgs = {
  input: UpdateTimeEntryInput;
};

/** An object that the query node finds by its id. */
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
  /** Comments by the firm's people; null for a portal client. */
  comments?: Maybe<CommentConnection>;
  /** When it was written. */
  createdAt: Scalars['DateTime']['output'];
  /** The firm the note belongs to. */
  firmId: Scalars['ID']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** Grows by one with each change. A change must name the revision it is based on. */
  revision: Scalars['Int']['output'];
  /** What devices of the firm have sealed, while the class is in the firm's own custody; otherwise empty, as for anyone but the firm's own people. */
  sealedFields: Array<SealedField>;
  /** The title. */
  title?: Maybe<Scalars['String']['output']>;
  /** When the object was last changed. */
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


/** A note of a firm. */
export type NoteSealedFieldsArgs = {
  names?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** A page of notes. */
export type NoteConnection = {
  /** The notes of the page with their cursors. */
  edges: Array<NoteEdge>;
  /** The notes of the page. */
  nodes: Array<Note>;
  /** The position of the page in the list. */
  pageInfo: PageInfo;
  /** The length of the whole list; counted only when selected. */
  totalCount: Scalars['Int']['output'];
};

/** A note in a list. */
export type NoteEdge = {
  /** The position of the edge in the list, for `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The note. */
  node: Note;
};

/** A filter for notes, by metadata only. */
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

/** Sort orders of a list of notes. */
export type NoteOrder =
  /** Oldest first. */
  | 'CREATED_AT_ASC'
  /** Newest first. */
  | 'CREATED_AT_DESC'
  /** Least recently changed first. */
  | 'UPDATED_AT_ASC'
  /** Most recently changed first. */
  | 'UPDATED_AT_DESC';

/** An event that a firm's own people must know of: a change of rights in the firm, or a step by the platform's people towards the firm's content. Portal clients get no notices. */
export type Notice = Node & {
  /** The person of the firm who acted; null if the platform's people did. */
  actor?: Maybe<User>;
  /** When the event happened. */
  createdAt: Scalars['DateTime']['output'];
  /** The delivery of the notice to the platform's webhook. Only owners see it; null for others, and if there was no webhook when the event happened. */
  delivery?: Maybe<NoticeDelivery>;
  /** The firm the notice is for. */
  firmId: Scalars['ID']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** The invitation the notice is about; null if it is about none. */
  invitationId?: Maybe<Scalars['ID']['output']>;
  /** The job on the firm's keys or content that the notice is about; null if it is about none. */
  jobId?: Maybe<Scalars['ID']['output']>;
  /** The kind of that job. */
  jobKind?: Maybe<JobKind>;
  /** The state of that job when it happened. */
  jobState?: Maybe<JobState>;
  /** The new state of the key that the firm has brought; null if the notice is not about that key. */
  keyState?: Maybe<OwnKeyState>;
  /** What happened. */
  kind: NoticeKind;
  /** When the last of these events happened; null if repeats is 0. */
  lastAt?: Maybe<Scalars['DateTime']['output']>;
  /** The break-glass lease the notice is about; null if it is about none. */
  leaseId?: Maybe<Scalars['ID']['output']>;
  /** How many further events this notice stands for. If the same event happens more than three times within an hour, the first three get notices and the rest are counted here. This applies to a person's requests for leases or jobs and their outcomes, reads under one lease, an owner's invitations to one role (of one person or of several), an owner's acts on the same person, and recoveries of an owner that are requested and cancelled. A person who joins, a change of the policy or of who may join, and an approval always get their own notice. auditEntries lists every event. */
  repeats: Scalars['Int']['output'];
  /** That person's new role, or the role in the invitation. */
  role?: Maybe<FirmRole>;
  /** The person the notice is about. */
  user?: Maybe<User>;
};

/** A page of notices. */
export type NoticeConnection = {
  /** The notices of the page with their cursors. */
  edges: Array<NoticeEdge>;
  /** The notices of the page. */
  nodes: Array<Notice>;
  /** The position of the page in the list. */
  pageInfo: PageInfo;
  /** The length of the whole list; counted only when selected. */
  totalCount: Scalars['Int']['output'];
};

/** The delivery of a notice to the webhook. It is retried until the receiver accepts the notice. */
export type NoticeDelivery = {
  /** The number of attempts so far. */
  attempts: Scalars['Int']['output'];
  /** When the receiver accepted the notice; null until then. */
  deliveredAt?: Maybe<Scalars['DateTime']['output']>;
  /** The earliest time of the next attempt; null once the notice is accepted. */
  nextAttemptAt?: Maybe<Scalars['DateTime']['output']>;
  /** The result of the last attempt: the HTTP status of the receiver's answer, or one word for why there was no answer, such as TIMEOUT. */
  outcome?: Maybe<Scalars['String']['output']>;
};

/** A notice in a list. */
export type NoticeEdge = {
  /** The position of the edge in the list, for `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The notice. */
  node: Notice;
};

/** The kind of event. */
export type NoticeKind =
  /** An owner changed the firm's policy on leases. */
  | 'ACCESS_POLICY_CHANGED'
  /** An approver of the platform was disabled by another approver, or lost the role, so fewer people decide there. The owners of all firms get this notice. */
  | 'APPROVER_DISABLED'
  /** An owner revoked an invitation. */
  | 'INVITATION_REVOKED'
  /** A job has ended. */
  | 'JOB_ENDED'
  /** The platform, an owner or the program requested a job on the firm's keys or content; for further requests see repeats. A job that was only counted gets its own notice once it is approved. */
  | 'JOB_REQUESTED'
  /** The key that the firm has brought changed its state. */
  | 'KEY_STATE_CHANGED'
  /** A lease is active: content can be read under it. */
  | 'LEASE_ACTIVATED'
  /** Everyone required has approved a lease. It can be activated. */
  | 'LEASE_APPROVED'
  /** A lease was denied, by the firm or by the platform. */
  | 'LEASE_DENIED'
  /** A lease has ended. Nothing more is read under it. */
  | 'LEASE_ENDED'
  /** Content was read under a lease: for the first time, or 25 further values. Within an hour, three such notices are sent and the rest are counted in repeats. */
  | 'LEASE_READ'
  /** A person of the platform requested a lease on the firm's content. Further requests are counted in repeats. */
  | 'LEASE_REQUESTED'
  /** A person who neither requested nor approved a lease has reviewed it. */
  | 'LEASE_REVIEWED'
  /** A person joined the firm by an invitation. */
  | 'MEMBER_ADDED'
  /** An owner invited a person. */
  | 'MEMBER_INVITED'
  /** A person was removed from the firm. */
  | 'MEMBER_REMOVED'
  /** A person's role was changed. */
  | 'MEMBER_ROLE_CHANGED'
  /** A second person of the platform approved the recovery, and the firm's plane has seen the approval. The recovery can be completed 72 hours later. */
  | 'OWNER_RECOVERY_APPROVED'
  /** The recovery was cancelled, by an owner of the firm or by the platform. */
  | 'OWNER_RECOVERY_CANCELLED'
  /** The recovery is complete: the firm has a new owner. */
  | 'OWNER_RECOVERY_COMPLETED'
  /** The platform was asked to appoint a new owner, because the firm has lost its last owner. */
  | 'OWNER_RECOVERY_REQUESTED'
  /** An owner changed which issuers and domains new members must come from. */
  | 'SIGN_IN_CHANGED';

/** Sort orders of a list of notices. */
export type NoticeOrder =
  /** Oldest first. */
  | 'CREATED_AT_ASC'
  /** Newest first. */
  | 'CREATED_AT_DESC';

/** A role of a person who operates the platform. */
export type OperatorRole =
  /** Approves or denies the leases of others. */
  | 'APPROVER'
  /** Reads the audit log. */
  | 'AUDITOR'
  /** Diagnoses problems with metadata, and reads content under a lease. */
  | 'OPERATOR';

/** The state of a key that the firm has brought, checked every 15 seconds. */
export type OwnKeyState =
  /** The key service does not answer, or throttles. Keys in the processes' caches serve for at most one minute. */
  | 'DEGRADED'
  /** The key works. */
  | 'HEALTHY'
  /** The key works again after a refusal; for the first minute. */
  | 'RESTORED'
  /** The key service refuses the key. Nothing of the firm opens. */
  | 'REVOKED';

/** What an owner proposes to the others, as it would stand in the key log. Believe only the summary that your own device makes of it. */
export type OwnerProposal = {
  /** The signature of an owner who agrees, as canonical JSON; null before. It ends when other entries come first. */
  agreement?: Maybe<Scalars['String']['output']>;
  /** Body of the entry, as canonical JSON. */
  body: Scalars['String']['output'];
  /** When it was proposed. */
  createdAt: Scalars['DateTime']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** Kind of the entry, such as custody.set. */
  kind: Scalars['String']['output'];
  /** Who proposes: the id of the user. */
  person: Scalars['ID']['output'];
};

/** The proposal after the step. */
export type OwnerProposalPayload = {
  /** The proposal. */
  proposal: OwnerProposal;
};

/** The recovery of a firm that has lost its last owner: two people of the platform decide, then any owner can cancel for 72 hours. */
export type OwnerRecovery = {
  /** When the second person approved; null until then. */
  approvedAt?: Maybe<Scalars['DateTime']['output']>;
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** When the recovery can be completed: 72 hours after the firm's plane saw the approval; null until then. */
  possibleAt?: Maybe<Scalars['DateTime']['output']>;
  /** When the recovery was requested. */
  requestedAt: Scalars['DateTime']['output'];
  /** The new owner. */
  user?: Maybe<User>;
};

/** The position of a page in its list. */
export type PageInfo = {
  /** The cursor of the last edge; null on an empty page. */
  endCursor?: Maybe<Scalars['String']['output']>;
  /** Whether the list continues after this page. */
  hasNextPage: Scalars['Boolean']['output'];
  /** Whether the list has items before this page. */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** The cursor of the first edge; null on an empty page. */
  startCursor?: Maybe<Scalars['String']['output']>;
};

/** A decision for two owners. */
export type ProposeToOwnersInput = {
  /** Body of the entry, as canonical JSON. */
  body: Scalars['String']['input'];
  /** Kind of the entry, such as custody.set. */
  kind: Scalars['String']['input'];
};

/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type Query = {
  /** Alerts, for the people who operate the platform. */
  alerts: AlertConnection;
  /** The newest signed checkpoint of a firm's audit log tree, or of the root tree; null if nothing is published, or if the caller may not see the tree. The audit log records this read. */
  auditCheckpoint?: Maybe<AuditCheckpoint>;
  /** The proof that a tree only grew: it begins with its older state. null if nothing is published, or if the caller may not see the tree. The audit log records this read. */
  auditConsistencyProof?: Maybe<AuditConsistencyProof>;
  /** The audit log of the owner's firm or, for an auditor, of all firms. The audit log records this read. */
  auditEntries: AuditEntryConnection;
  /** The proof that an entry is in its tree; null if the entry is not published yet, does not exist, or may not be seen by the caller. The audit log records this read. */
  auditInclusionProof?: Maybe<AuditInclusionProof>;
  /** A lease by id; null if it does not exist or the caller may not see it. */
  breakGlassLease?: Maybe<BreakGlassLease>;
  /** Break-glass leases: of the owner's firm, or of all firms for the people who operate the platform. */
  breakGlassLeases: BreakGlassLeaseConnection;
  /** A client by id; null if it does not exist or the caller may not see it. */
  client?: Maybe<Client>;
  /** Clients of one firm. A portal client finds only itself. */
  clients: ClientConnection;
  /** Devices that want to join, of the last 15 minutes, newest first; at most 100. An owner gets those of the whole firm, a member their own. */
  deviceRequests?: Maybe<Array<DeviceRequest>>;
  /** A document by id; null if it does not exist or the caller may not see it. */
  document?: Maybe<Document>;
  /** Documents of one firm. A portal client finds those shared with it. */
  documents: DocumentConnection;
  /** A firm by id; null if it does not exist or the caller may not see it. */
  firm?: Maybe<Firm>;
  /** The newest 200 jobs on the keys and content of the owner's firm, newest first. */
  firmJobs?: Maybe<Array<FirmJob>>;
  /** Versions of the data keys of the owner's firm, by class, the newest of each class first; at most 1,000. */
  firmKeys?: Maybe<Array<FirmKey>>;
  /** The firms the caller may see: their own, or all for the people who operate the platform. */
  firms: FirmConnection;
  /** An invoice by id; null if it does not exist or the caller may not see it. */
  invoice?: Maybe<Invoice>;
  /** Invoices of one firm. A portal client finds those that are issued and shared with it. */
  invoices: InvoiceConnection;
  /** A job by id, for the people who operate the platform; null if it does not exist or the caller may not see it. */
  job?: Maybe<FirmJob>;
  /** Jobs of all firms and of the platform, for the people who operate it. */
  jobs: JobConnection;
  /** The key log of the caller's firm. */
  keyLog?: Maybe<KeyLog>;
  /** The wraps of a class's data keys for one device, as canonical JSON, the newest version first; at most 1,000. */
  keyWraps?: Maybe<Array<Scalars['String']['output']>>;
  /** A message by id; null if it does not exist or the caller may not see it. */
  message?: Maybe<Message>;
  /** Messages of one thread. */
  messages: MessageConnection;
  /** Any object by its id; null if it does not exist or the caller may not see it. */
  node?: Maybe<Node>;
  /** A note by id; null if it does not exist or the caller may not see it. */
  note?: Maybe<Note>;
  /** Notes of one firm. */
  notes: NoteConnection;
  /** Notices of the owner's firm. */
  notices: NoticeConnection;
  /** What owners of the firm propose to each other, of the last 7 days, newest first; at most 100. */
  ownerProposals?: Maybe<Array<OwnerProposal>>;
  /** Records of a class that a device must seal again, or give back while the class is in BACK, in the order of their ids; fewer than asked for if they have more than 1 MiB. */
  recordsToReseal?: Maybe<Array<Node>>;
  /** Shares of present recovery keys that are sealed to a device of a holder; at most 100. */
  recoveryShares?: Maybe<Array<RecoveryShare>>;
  /** What is left to seal again, of each class in the firm's own custody. */
  resealing?: Maybe<Array<ClassResealing>>;
  /** A thread by id; null if it does not exist or the caller may not see it. */
  thread?: Maybe<Thread>;
  /** Threads of one firm. A portal client finds those shared with it. */
  threads: ThreadConnection;
  /** Time entries of one firm. */
  timeEntries: TimeEntryConnection;
  /** A time entry by id; null if it does not exist or the caller may not see it. */
  timeEntry?: Maybe<TimeEntry>;
  /** The user who sends the token. */
  viewer: User;
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryAlertsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<AlertFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<AlertOrder>;
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryAuditCheckpointArgs = {
  firmId?: InputMaybe<Scalars['ID']['input']>;
  size?: InputMaybe<Scalars['Float']['input']>;
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryAuditConsistencyProofArgs = {
  firmId?: InputMaybe<Scalars['ID']['input']>;
  from: Scalars['Float']['input'];
  to: Scalars['Float']['input'];
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
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


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryAuditInclusionProofArgs = {
  entryId: Scalars['ID']['input'];
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryBreakGlassLeaseArgs = {
  id: Scalars['ID']['input'];
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryBreakGlassLeasesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<BreakGlassLeaseFilter>;
  firmId?: InputMaybe<Scalars['ID']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<BreakGlassLeaseOrder>;
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryClientArgs = {
  id: Scalars['ID']['input'];
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryClientsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ClientFilter>;
  firmId?: InputMaybe<Scalars['ID']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<ClientOrder>;
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryDocumentArgs = {
  id: Scalars['ID']['input'];
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryDocumentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<DocumentFilter>;
  firmId?: InputMaybe<Scalars['ID']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<DocumentOrder>;
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryFirmArgs = {
  id: Scalars['ID']['input'];
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryFirmsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<FirmOrder>;
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryInvoiceArgs = {
  id: Scalars['ID']['input'];
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryInvoicesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<InvoiceFilter>;
  firmId?: InputMaybe<Scalars['ID']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<InvoiceOrder>;
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryJobArgs = {
  id: Scalars['ID']['input'];
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryJobsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<JobFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<JobOrder>;
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryKeyLogArgs = {
  after?: InputMaybe<Scalars['Int']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryKeyWrapsArgs = {
  class: Scalars['String']['input'];
  recipient: Scalars['String']['input'];
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryMessageArgs = {
  id: Scalars['ID']['input'];
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
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


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryNoteArgs = {
  id: Scalars['ID']['input'];
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryNotesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<NoteFilter>;
  firmId?: InputMaybe<Scalars['ID']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<NoteOrder>;
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryNoticesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<NoticeOrder>;
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryRecordsToResealArgs = {
  after?: InputMaybe<Scalars['ID']['input']>;
  class: Scalars['String']['input'];
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryRecoverySharesArgs = {
  recipient: Scalars['String']['input'];
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryThreadArgs = {
  id: Scalars['ID']['input'];
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryThreadsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ThreadFilter>;
  firmId?: InputMaybe<Scalars['ID']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<ThreadOrder>;
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryTimeEntriesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<TimeEntryFilter>;
  firmId?: InputMaybe<Scalars['ID']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<TimeEntryOrder>;
};


/** The queries. Lists are Relay connections with 50 items by default and at most 1,000. */
export type QueryTimeEntryArgs = {
  id: Scalars['ID']['input'];
};

/** A share of a recovery key, sealed to a device of the person who holds it. */
export type RecoveryShare = {
  /** Id of the recovery key's device, 64 hexadecimal digits. */
  device: Scalars['String']['output'];
  /** Whose recovery key it is: the id of the user. */
  person: Scalars['ID']['output'];
  /** Id of the holder's device, 64 hexadecimal digits. */
  recipient: Scalars['String']['output'];
  /** The sealed share, in base64. */
  share: Scalars['String']['output'];
};

/** A share of the caller's recovery key. */
export type RecoveryShareInput = {
  /** Id of the recovery key's device, 64 hexadecimal digits. */
  device: Scalars['String']['input'];
  /** Id of the holder's device, 64 hexadecimal digits. */
  recipient: Scalars['String']['input'];
  /** The sealed share, in base64. */
  share: Scalars['String']['input'];
};

/** A share that a holder releases to a device whose code was compared. */
export type ReleaseShareInput = {
  /** The id of the request. */
  id: Scalars['ID']['input'];
  /** Id of the holder's device, 64 hexadecimal digits. */
  releasedBy: Scalars['String']['input'];
  /** The share, sealed to the new device, in base64. */
  share: Scalars['String']['input'];
};

/** The member to remove. */
export type RemoveMemberInput = {
  /** The account. */
  userId: Scalars['ID']['input'];
};

/** The removed member. */
export type RemoveMemberPayload = {
  /** The account; it can no longer sign in. */
  user: User;
};

/** The request for a lease. */
export type RequestBreakGlassInput = {
  /** The content classes: at least one, each only once. */
  classes: Array<ContentClass>;
  /** Encrypted fields of the classes, as Type.field, each only once. Default: all. */
  coordinates?: InputMaybe<Array<Scalars['String']['input']>>;
  /** The firm whose content the lease covers. */
  firmId: Scalars['ID']['input'];
  /** The duration in minutes, from the activation. Default: 30. */
  minutes?: InputMaybe<Scalars['Int']['input']>;
  /** The purpose. */
  purpose: LeasePurpose;
  /** How many non-null values may be read, repeats included. Default: no limit. */
  readBudget?: InputMaybe<Scalars['Int']['input']>;
  /** The reason, in 30 to 2,000 characters on at most 40 lines, without two empty lines or nine blanks in a row. The firm's owners decide by this text, so it must show everything it contains. */
  reason: Scalars['String']['input'];
  /** Records of the firm with content of the classes, each only once. Default: all. */
  recordIds?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** The ticket the request refers to, such as SUP-1042. */
  ticket: Scalars['String']['input'];
};

/** What a new device sends first. */
export type RequestDeviceInput = {
  /** The commitment to its keys, 64 hexadecimal digits. */
  commitment: Scalars['String']['input'];
};

/** Records that a device has sealed again. */
export type ResealRecordsInput = {
  /** The content class. */
  class: Scalars['String']['input'];
  /** The records, each once. */
  records: Array<ResealedRecordInput>;
};

/** What was sealed again. */
export type ResealRecordsPayload = {
  /** Ids of the records that were replaced. The others have changed meanwhile, or were sealed again by another device: read them again. */
  resealedIds: Array<Scalars['ID']['output']>;
};

/** A record that a device has sealed again. */
export type ResealedRecordInput = {
  /** The id of the record. */
  id: Scalars['ID']['input'];
  /** The revision of the record that the device has opened. */
  revision: Scalars['Int']['input'];
  /** Every value of the record, and the device's stamp: of one revision more than the stored stamp, with the device that first wrote the record as origin; of a record without a stamp, of one revision more than the record's, with PLATFORM as origin. */
  sealed: SealedInput;
  /** Name of the record's type, such as `Note`. */
  type: Scalars['String']['input'];
};

/** Records that a device gives back to the platform. */
export type ReturnRecordsInput = {
  /** The content class. */
  class: Scalars['String']['input'];
  /** The records, each once. */
  records: Array<ReturnedRecordInput>;
};

/** What the platform has sealed. */
export type ReturnRecordsPayload = {
  /** Ids of the records that were replaced. The others have changed meanwhile, or were given back by another device: read them again. */
  returnedIds: Array<Scalars['ID']['output']>;
};

/** A record as a device has opened it. */
export type ReturnedRecordInput = {
  /** Every value of the record that a caller may write. */
  fields: Array<ReturnedValueInput>;
  /** The id of the record. */
  id: Scalars['ID']['input'];
  /** The revision of the record that the device has opened. */
  revision: Scalars['Int']['input'];
  /** Name of the record's type, such as `Note`. */
  type: Scalars['String']['input'];
};

/** One opened value. */
export type ReturnedValueInput = {
  /** The name of the encrypted field. */
  name: Scalars['String']['input'];
  /** The text, or the digits of a Decimal; null for a value that is null. */
  value?: InputMaybe<Scalars['String']['input']>;
};

/** What the new device committed to. */
export type RevealDeviceInput = {
  /** The id of the request. */
  id: Scalars['ID']['input'];
  /** The random bytes of the commitment, 32 bytes in base64. */
  reveal: Scalars['String']['input'];
  /** The device's statement, as canonical JSON. */
  statement: Scalars['String']['input'];
};

/** The invitation to revoke. */
export type RevokeInvitationInput = {
  /** The invitation's id. */
  invitationId: Scalars['ID']['input'];
};

/** The revoked invitation. */
export type RevokeInvitationPayload = {
  /** The invitation. */
  invitation: Invitation;
};

/** The data key that gets a new version. */
export type RotateFirmKeyInput = {
  /** The key's class. */
  class: FirmKeyClass;
};

/** The requested rotation. */
export type RotateFirmKeyPayload = {
  /** The id of the job that creates the version, a UUIDv7. If such a job is already under way, its id. */
  jobId: Scalars['ID']['output'];
};

/** A value that a device of the firm has sealed. Only devices of the firm can open it (src/custody/FORMAT.md, section 8). */
export type SealedField = {
  /** The envelope in base64; null for a value that is null. */
  envelope?: Maybe<Scalars['String']['output']>;
  /** The name of the encrypted field. */
  name: Scalars['String']['output'];
  /** The author's stamp on the whole record, as JSON: a reader checks it before it opens the value. */
  stamp: Scalars['String']['output'];
};

/** One sealed value. */
export type SealedFieldInput = {
  /** The envelope in base64. null removes the value. */
  envelope?: InputMaybe<Scalars['String']['input']>;
  /** The name of the encrypted field. */
  name: Scalars['String']['input'];
};

/** The content of a record, sealed by a device of the firm. */
export type SealedInput = {
  /** The values. A new record's fields that are left out are null; a change keeps them. */
  fields: Array<SealedFieldInput>;
  /** The device's stamp on the record as it is after this write, as canonical JSON (src/custody/FORMAT.md, section 10). */
  stamp: Scalars['String']['input'];
};

/** The firm's new policy on leases. */
export type SetFirmAccessPolicyInput = {
  /** How many approvers of the platform must approve a lease. */
  approvers: Scalars['Int']['input'];
  /** What the firm requires. */
  policy: FirmPolicy;
};

/** The firm after the change. */
export type SetFirmAccessPolicyPayload = {
  /** The firm. */
  firm: Firm;
};

/** Which issuers and domains new members must come from. Current members stay. */
export type SetFirmSignInInput = {
  /** Domains such as firm.example, at most 20. Each stands for itself only, not for its subdomains. An empty list allows any. */
  domains: Array<Scalars['String']['input']>;
  /** Token issuers, as their tokens name them, at most 20, including this installation's own issuer. An empty list allows any. */
  issuers: Array<Scalars['String']['input']>;
};

/** The firm after the change. */
export type SetFirmSignInPayload = {
  /** The firm. */
  firm: Firm;
};

/** A change of a member's role. */
export type SetMemberRoleInput = {
  /** The client the person belongs to: required for the role CLIENT, not allowed for other roles. */
  clientId?: InputMaybe<Scalars['ID']['input']>;
  /** The person's new role. */
  role: FirmRole;
  /** The account. */
  userId: Scalars['ID']['input'];
};

/** The member after the change. */
export type SetMemberRolePayload = {
  /** The account. */
  user: User;
};

/** An object that can be shared: exactly one of these. */
export type ShareSubject =
  /** A document with its versions. */
  { documentId: Scalars['ID']['input']; invoiceId?: never; threadId?: never; }
  |  /** An invoice with its line items. The client sees it once it is issued. */
  { documentId?: never; invoiceId: Scalars['ID']['input']; threadId?: never; }
  |  /** A thread with its messages. The client's people may write in it. */
  { documentId?: never; invoiceId?: never; threadId: Scalars['ID']['input']; };

/** The object to share, and the client. */
export type ShareWithClientInput = {
  /** The client. */
  clientId: Scalars['ID']['input'];
  /** The object to share. */
  subject: ShareSubject;
};

/** The shared object. */
export type ShareWithClientPayload = {
  /** The client. */
  client: Client;
  /** The shared object. */
  subject: SharedSubject;
};

/** An object that can be shared with a client. */
export type SharedSubject = Document | Invoice | Thread;

/** All sessions of the account have ended. */
export type SignOutEverywherePayload = {
  /** The id of the account. */
  userId: Scalars['ID']['output'];
};

/** A conversation within the firm, or with a client it is shared with. A thread has no name, because its topic is content. */
export type Thread = FirmOwned & Node & {
  /** Who started the thread. */
  author?: Maybe<User>;
  /** The client the thread is about. */
  client?: Maybe<Client>;
  /** When the thread was started. */
  createdAt: Scalars['DateTime']['output'];
  /** The firm the thread belongs to. */
  firmId: Scalars['ID']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** The messages of the thread. */
  messages: MessageConnection;
  /** Grows by one with each change. A change must name the revision it is based on. */
  revision: Scalars['Int']['output'];
  /** The clients with access, at most 100. A portal client sees only itself. */
  sharedWith: Array<Client>;
  /** When the last message was written. */
  updatedAt: Scalars['DateTime']['output'];
};


/** A conversation within the firm, or with a client it is shared with. A thread has no name, because its topic is content. */
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
  /** The position of the page in the list. */
  pageInfo: PageInfo;
  /** The length of the whole list; counted only when selected. */
  totalCount: Scalars['Int']['output'];
};

/** A thread in a list. */
export type ThreadEdge = {
  /** The position of the edge in the list, for `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The thread. */
  node: Thread;
};

/** A filter for threads, by metadata only. */
export type ThreadFilter = {
  /** Started by this user. */
  authorId?: InputMaybe<Scalars['ID']['input']>;
  /** About this client. */
  clientId?: InputMaybe<Scalars['ID']['input']>;
  /** Created before this time. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Created at this time or later. */
  createdFrom?: InputMaybe<Scalars['DateTime']['input']>;
  /** Shared with this client. */
  sharedWithId?: InputMaybe<Scalars['ID']['input']>;
  /** Last changed before this time. */
  updatedBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Last changed at this time or later. */
  updatedFrom?: InputMaybe<Scalars['DateTime']['input']>;
};

/** Sort orders of a list of threads. */
export type ThreadOrder =
  /** Oldest first. */
  | 'CREATED_AT_ASC'
  /** Newest first. */
  | 'CREATED_AT_DESC'
  /** Longest without a new message first. */
  | 'UPDATED_AT_ASC'
  /** Latest message first. */
  | 'UPDATED_AT_DESC';

/** Time that one of the firm's people worked. */
export type TimeEntry = FirmOwned & Node & {
  /** Who worked. */
  author?: Maybe<User>;
  /** The client the work was for. */
  client?: Maybe<Client>;
  /** When the object was created. */
  createdAt: Scalars['DateTime']['output'];
  /** What was done. */
  description?: Maybe<Scalars['String']['output']>;
  /** The firm the time entry belongs to. */
  firmId: Scalars['ID']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** The duration in minutes. */
  minutes: Scalars['Int']['output'];
  /** Grows by one with each change. A change must name the revision it is based on. */
  revision: Scalars['Int']['output'];
  /** What devices of the firm have sealed, while the class is in the firm's own custody; otherwise empty, as for anyone but the firm's own people. */
  sealedFields: Array<SealedField>;
  /** When the work began. */
  startedAt: Scalars['DateTime']['output'];
  /** When the object was last changed. */
  updatedAt: Scalars['DateTime']['output'];
};


/** Time that one of the firm's people worked. */
export type TimeEntrySealedFieldsArgs = {
  names?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** A page of time entries. */
export type TimeEntryConnection = {
  /** The time entries of the page with their cursors. */
  edges: Array<TimeEntryEdge>;
  /** The time entries of the page. */
  nodes: Array<TimeEntry>;
  /** The position of the page in the list. */
  pageInfo: PageInfo;
  /** The length of the whole list; counted only when selected. */
  totalCount: Scalars['Int']['output'];
};

/** A time entry in a list. */
export type TimeEntryEdge = {
  /** The position of the edge in the list, for `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The time entry. */
  node: TimeEntry;
};

/** A filter for time entries, by metadata only. */
export type TimeEntryFilter = {
  /** By this user. */
  authorId?: InputMaybe<Scalars['ID']['input']>;
  /** For this client. */
  clientId?: InputMaybe<Scalars['ID']['input']>;
  /** Work that began before this time. */
  startedBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Work that began at this time or later. */
  startedFrom?: InputMaybe<Scalars['DateTime']['input']>;
  /** Last changed before this time. */
  updatedBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Last changed at this time or later. */
  updatedFrom?: InputMaybe<Scalars['DateTime']['input']>;
};

/** Sort orders of a list of time entries. */
export type TimeEntryOrder =
  /** Oldest entry first. */
  | 'CREATED_AT_ASC'
  /** Newest entry first. */
  | 'CREATED_AT_DESC'
  /** Earliest work first. */
  | 'STARTED_AT_ASC'
  /** Latest work first. */
  | 'STARTED_AT_DESC';

/** The object to stop sharing, and the client. */
export type UnshareWithClientInput = {
  /** The client. */
  clientId: Scalars['ID']['input'];
  /** The object that is no longer shared. */
  subject: ShareSubject;
};

/** The object that is no longer shared. */
export type UnshareWithClientPayload = {
  /** The client. */
  client: Client;
  /** The object that is no longer shared. */
  subject: SharedSubject;
};

/** A change of a client. Fields left out keep their values. */
export type UpdateClientInput = {
  /** null removes the value. */
  email?: InputMaybe<Scalars['String']['input']>;
  /** The revision the change is based on; CONFLICT if the current revision is another. */
  expectedRevision: Scalars['Int']['input'];
  /** The client. */
  id: Scalars['ID']['input'];
  /** The client's name, on one line. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** Whether the firm still works for the client. */
  status?: InputMaybe<ClientStatus>;
};

/** The client after the change. */
export type UpdateClientPayload = {
  /** The client. */
  client: Client;
};

/** A change of a comment. Fields left out keep their values. */
export type UpdateCommentInput = {
  /** The revision the change is based on; CONFLICT if the current revision is another. */
  expectedRevision: Scalars['Int']['input'];
  /** The comment. */
  id: Scalars['ID']['input'];
  /** The content, if its class is in the firm's own custody: then in place of the plain arguments. */
  sealed?: InputMaybe<SealedInput>;
  /** null removes the value. */
  text?: InputMaybe<Scalars['String']['input']>;
};

/** The comment after the change. */
export type UpdateCommentPayload = {
  /** The comment. */
  comment: Comment;
};

/** A change of a document. Fields left out keep their values. */
export type UpdateDocumentInput = {
  /** null: the document is about no client. */
  clientId?: InputMaybe<Scalars['ID']['input']>;
  /** null removes the value. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** The revision the change is based on; CONFLICT if the current revision is another. */
  expectedRevision: Scalars['Int']['input'];
  /** The document. */
  id: Scalars['ID']['input'];
  /** The file's media type, such as application/pdf. */
  mimeType?: InputMaybe<Scalars['String']['input']>;
  /** The file's name, on one line. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** The content, if its class is in the firm's own custody: then in place of the plain arguments. */
  sealed?: InputMaybe<SealedInput>;
};

/** The document after the change. */
export type UpdateDocumentPayload = {
  /** The document. */
  document: Document;
};

/** A change of an invoice. Fields left out keep their values. */
export type UpdateInvoiceInput = {
  /** The amount still due. null removes the value. */
  amountDue?: InputMaybe<Scalars['Decimal']['input']>;
  /** null: the invoice is for no client. */
  clientId?: InputMaybe<Scalars['ID']['input']>;
  /** The currency, as an ISO 4217 code. */
  currency?: InputMaybe<Scalars['String']['input']>;
  /** When payment is due. null removes the value. */
  dueAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The revision the change is based on; CONFLICT if the current revision is another. */
  expectedRevision: Scalars['Int']['input'];
  /** The invoice. */
  id: Scalars['ID']['input'];
  /** When the invoice was issued. null: not issued. */
  issuedAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** All line items, in order. They replace the existing ones. */
  lineItems?: InputMaybe<Array<InvoiceLineItemInput>>;
  /** null removes the value. */
  memo?: InputMaybe<Scalars['String']['input']>;
  /** The invoice number, on one line, unique in the firm. */
  number?: InputMaybe<Scalars['String']['input']>;
  /** The content, if its class is in the firm's own custody: then in place of the plain arguments. */
  sealed?: InputMaybe<SealedInput>;
  /** The invoice's status. */
  status?: InputMaybe<InvoiceStatus>;
  /** The total: up to 15 digits and 4 decimals. null removes the value. */
  total?: InputMaybe<Scalars['Decimal']['input']>;
};

/** The invoice after the change. */
export type UpdateInvoicePayload = {
  /** The invoice. */
  invoice: Invoice;
};

/** A change of a message. Fields left out keep their values, and the author stays the same. */
export type UpdateMessageInput = {
  /** null removes the value. */
  body?: InputMaybe<Scalars['String']['input']>;
  /** The revision the change is based on; CONFLICT if the current revision is another. */
  expectedRevision: Scalars['Int']['input'];
  /** The message. */
  id: Scalars['ID']['input'];
  /** The content, if its class is in the firm's own custody: then in place of the plain arguments. */
  sealed?: InputMaybe<SealedInput>;
  /** null removes the value. */
  subject?: InputMaybe<Scalars['String']['input']>;
};

/** The message after the change. */
export type UpdateMessagePayload = {
  /** The message. */
  message: Message;
};

/** A change of a note. Fields left out keep their values. */
export type UpdateNoteInput = {
  /** null removes the value. */
  body?: InputMaybe<Scalars['String']['input']>;
  /** The revision the change is based on; CONFLICT if the current revision is another. */
  expectedRevision: Scalars['Int']['input'];
  /** The note. */
  id: Scalars['ID']['input'];
  /** The content, if its class is in the firm's own custody: then in place of the plain arguments. */
  sealed?: InputMaybe<SealedInput>;
  /** null removes the value. */
  title?: InputMaybe<Scalars['String']['input']>;
};

/** The note after the change. */
export type UpdateNotePayload = {
  /** The note. */
  note: Note;
};

/** A change of a time entry. Fields left out keep their values. */
export type UpdateTimeEntryInput = {
  /** null: the work was for no client. */
  clientId?: InputMaybe<Scalars['ID']['input']>;
  /** null removes the value. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** The revision the change is based on; CONFLICT if the current revision is another. */
  expectedRevision: Scalars['Int']['input'];
  /** The time entry. */
  id: Scalars['ID']['input'];
  /** The duration in minutes, at most one day. */
  minutes?: InputMaybe<Scalars['Int']['input']>;
  /** The content, if its class is in the firm's own custody: then in place of the plain arguments. */
  sealed?: InputMaybe<SealedInput>;
  /** When the work began. */
  startedAt?: InputMaybe<Scalars['DateTime']['input']>;
};

/** The time entry after the change. */
export type UpdateTimeEntryPayload = {
  /** The time entry. */
  timeEntry: TimeEntry;
};

/** An account: of a firm's person, or of a person who operates the platform. No one is both. */
export type User = Node & {
  /** The client a portal user belongs to; null for everyone else. */
  client?: Maybe<Client>;
  /** When the account was created. */
  createdAt: Scalars['DateTime']['output'];
  /** The person's e-mail address; it does not identify them. */
  email: Scalars['String']['output'];
  /** The firm; null for a person who operates the platform. */
  firm?: Maybe<Firm>;
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** The person's name. */
  name: Scalars['String']['output'];
  /** The viewer's notices about their firm: an owner gets all, a member those that are not for owners only. null for a portal client, and on other accounts than the viewer's own. */
  notices?: Maybe<NoticeConnection>;
  /** The person's operator roles; empty for a firm's people. */
  operatorRoles: Array<OperatorRole>;
  /** When the person was removed from the firm; null for a current member. Always null if a portal client asks. */
  removedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The role in the firm; null for a person who operates the platform. */
  role?: Maybe<FirmRole>;
};


/** An account: of a firm's person, or of a person who operates the platform. No one is both. */
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
  /** The position of the page in the list. */
  pageInfo: PageInfo;
  /** The length of the whole list; counted only when selected. */
  totalCount: Scalars['Int']['output'];
};

/** A user in a list. */
export type UserEdge = {
  /** The position of the edge in the list, for `after` and `before`. */
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
  AddKeyWrapsInput: AddKeyWrapsInput;
  AddKeyWrapsPayload: ResolverTypeWrapper<AddKeyWrapsPayload>;
  AgreeToProposalInput: AgreeToProposalInput;
  Alert: ResolverTypeWrapper<AlertRow>;
  AlertConnection: ResolverTypeWrapper<Connection<AlertRow>>;
  AlertEdge: ResolverTypeWrapper<Omit<AlertEdge, 'node'> & { node: ResolversTypes['Alert'] }>;
  AlertFilter: AlertFilter;
  AlertOrder: AlertOrder;
  AlertRule: AlertRule;
  AlertSeverity: AlertSeverity;
  AppendKeyLogInput: AppendKeyLogInput;
  AppendKeyLogPayload: ResolverTypeWrapper<Omit<AppendKeyLogPayload, 'keyLog'> & { keyLog: ResolversTypes['KeyLog'] }>;
  ApproveJobInput: ApproveJobInput;
  ApproveJobPayload: ResolverTypeWrapper<Omit<ApproveJobPayload, 'job'> & { job: ResolversTypes['FirmJob'] }>;
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
  ChallengeDeviceInput: ChallengeDeviceInput;
  ClassCustody: ResolverTypeWrapper<ClassCustody>;
  ClassResealing: ResolverTypeWrapper<ClassResealing>;
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
  Custody: Custody;
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
  DenyJobPayload: ResolverTypeWrapper<Omit<DenyJobPayload, 'job'> & { job: ResolversTypes['FirmJob'] }>;
  DeviceRequest: ResolverTypeWrapper<DeviceRequestRow>;
  DeviceRequestEnd: DeviceRequestEnd;
  DeviceRequestPayload: ResolverTypeWrapper<Omit<DeviceRequestPayload, 'request'> & { request: ResolversTypes['DeviceRequest'] }>;
  DeviceRequestState: DeviceRequestState;
  Document: ResolverTypeWrapper<Row>;
  DocumentConnection: ResolverTypeWrapper<Connection<Row>>;
  DocumentEdge: ResolverTypeWrapper<Omit<DocumentEdge, 'node'> & { node: ResolversTypes['Document'] }>;
  DocumentFilter: DocumentFilter;
  DocumentOrder: DocumentOrder;
  DocumentStatus: DocumentStatus;
  DocumentVersion: ResolverTypeWrapper<Row>;
  EndDeviceInput: EndDeviceInput;
  EndProposalInput: EndProposalInput;
  Firm: ResolverTypeWrapper<FirmRow>;
  FirmAccessPolicy: ResolverTypeWrapper<FirmAccessPolicy>;
  FirmConnection: ResolverTypeWrapper<Connection<FirmRow>>;
  FirmEdge: ResolverTypeWrapper<Omit<FirmEdge, 'node'> & { node: ResolversTypes['Firm'] }>;
  FirmJob: ResolverTypeWrapper<JobRow>;
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
  JobConnection: ResolverTypeWrapper<Connection<JobRow>>;
  JobConsent: JobConsent;
  JobEdge: ResolverTypeWrapper<Omit<JobEdge, 'node'> & { node: ResolversTypes['FirmJob'] }>;
  JobFilter: JobFilter;
  JobKind: JobKind;
  JobOrder: JobOrder;
  JobState: JobState;
  KeyLog: ResolverTypeWrapper<KeyLogNode>;
  KeyLogCheckpoint: ResolverTypeWrapper<KeyLogCheckpoint>;
  KeyLogName: ResolverTypeWrapper<KeyLogName>;
  KeyLogNameInput: KeyLogNameInput;
  KeyLogVersion: ResolverTypeWrapper<KeyLogVersion>;
  LeaseApproval: ResolverTypeWrapper<LeaseApprovalNode>;
  LeaseDenial: ResolverTypeWrapper<LeaseDenialNode>;
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
  OwnerProposal: ResolverTypeWrapper<OwnerProposalRow>;
  OwnerProposalPayload: ResolverTypeWrapper<Omit<OwnerProposalPayload, 'proposal'> & { proposal: ResolversTypes['OwnerProposal'] }>;
  OwnerRecovery: ResolverTypeWrapper<OwnerRecoveryRow>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  ProposeToOwnersInput: ProposeToOwnersInput;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  RecoveryShare: ResolverTypeWrapper<RecoveryShare>;
  RecoveryShareInput: RecoveryShareInput;
  ReleaseShareInput: ReleaseShareInput;
  RemoveMemberInput: RemoveMemberInput;
  RemoveMemberPayload: ResolverTypeWrapper<Omit<RemoveMemberPayload, 'user'> & { user: ResolversTypes['User'] }>;
  RequestBreakGlassInput: RequestBreakGlassInput;
  RequestDeviceInput: RequestDeviceInput;
  ResealRecordsInput: ResealRecordsInput;
  ResealRecordsPayload: ResolverTypeWrapper<ResealRecordsPayload>;
  ResealedRecordInput: ResealedRecordInput;
  ReturnRecordsInput: ReturnRecordsInput;
  ReturnRecordsPayload: ResolverTypeWrapper<ReturnRecordsPayload>;
  ReturnedRecordInput: ReturnedRecordInput;
  ReturnedValueInput: ReturnedValueInput;
  RevealDeviceInput: RevealDeviceInput;
  RevokeInvitationInput: RevokeInvitationInput;
  RevokeInvitationPayload: ResolverTypeWrapper<Omit<RevokeInvitationPayload, 'invitation'> & { invitation: ResolversTypes['Invitation'] }>;
  RotateFirmKeyInput: RotateFirmKeyInput;
  RotateFirmKeyPayload: ResolverTypeWrapper<RotateFirmKeyPayload>;
  SealedField: ResolverTypeWrapper<SealedField>;
  SealedFieldInput: SealedFieldInput;
  SealedInput: SealedInput;
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
  SignOutEverywherePayload: ResolverTypeWrapper<SignOutEverywherePayload>;
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
  AddKeyWrapsInput: AddKeyWrapsInput;
  AddKeyWrapsPayload: AddKeyWrapsPayload;
  AgreeToProposalInput: AgreeToProposalInput;
  Alert: AlertRow;
  AlertConnection: Connection<AlertRow>;
  AlertEdge: Omit<AlertEdge, 'node'> & { node: ResolversParentTypes['Alert'] };
  AlertFilter: AlertFilter;
  AppendKeyLogInput: AppendKeyLogInput;
  AppendKeyLogPayload: Omit<AppendKeyLogPayload, 'keyLog'> & { keyLog: ResolversParentTypes['KeyLog'] };
  ApproveJobInput: ApproveJobInput;
  ApproveJobPayload: Omit<ApproveJobPayload, 'job'> & { job: ResolversParentTypes['FirmJob'] };
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
  ChallengeDeviceInput: ChallengeDeviceInput;
  ClassCustody: ClassCustody;
  ClassResealing: ClassResealing;
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
  DenyJobPayload: Omit<DenyJobPayload, 'job'> & { job: ResolversParentTypes['FirmJob'] };
  DeviceRequest: DeviceRequestRow;
  DeviceRequestPayload: Omit<DeviceRequestPayload, 'request'> & { request: ResolversParentTypes['DeviceRequest'] };
  Document: Row;
  DocumentConnection: Connection<Row>;
  DocumentEdge: Omit<DocumentEdge, 'node'> & { node: ResolversParentTypes['Document'] };
  DocumentFilter: DocumentFilter;
  DocumentVersion: Row;
  EndDeviceInput: EndDeviceInput;
  EndProposalInput: EndProposalInput;
  Firm: FirmRow;
  FirmAccessPolicy: FirmAccessPolicy;
  FirmConnection: Connection<FirmRow>;
  FirmEdge: Omit<FirmEdge, 'node'> & { node: ResolversParentTypes['Firm'] };
  FirmJob: JobRow;
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
  JobConnection: Connection<JobRow>;
  JobEdge: Omit<JobEdge, 'node'> & { node: ResolversParentTypes['FirmJob'] };
  JobFilter: JobFilter;
  KeyLog: KeyLogNode;
  KeyLogCheckpoint: KeyLogCheckpoint;
  KeyLogName: KeyLogName;
  KeyLogNameInput: KeyLogNameInput;
  KeyLogVersion: KeyLogVersion;
  LeaseApproval: LeaseApprovalNode;
  LeaseDenial: LeaseDenialNode;
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
  OwnerProposal: OwnerProposalRow;
  OwnerProposalPayload: Omit<OwnerProposalPayload, 'proposal'> & { proposal: ResolversParentTypes['OwnerProposal'] };
  OwnerRecovery: OwnerRecoveryRow;
  PageInfo: PageInfo;
  ProposeToOwnersInput: ProposeToOwnersInput;
  Query: Record<PropertyKey, never>;
  RecoveryShare: RecoveryShare;
  RecoveryShareInput: RecoveryShareInput;
  ReleaseShareInput: ReleaseShareInput;
  RemoveMemberInput: RemoveMemberInput;
  RemoveMemberPayload: Omit<RemoveMemberPayload, 'user'> & { user: ResolversParentTypes['User'] };
  RequestBreakGlassInput: RequestBreakGlassInput;
  RequestDeviceInput: RequestDeviceInput;
  ResealRecordsInput: ResealRecordsInput;
  ResealRecordsPayload: ResealRecordsPayload;
  ResealedRecordInput: ResealedRecordInput;
  ReturnRecordsInput: ReturnRecordsInput;
  ReturnRecordsPayload: ReturnRecordsPayload;
  ReturnedRecordInput: ReturnedRecordInput;
  ReturnedValueInput: ReturnedValueInput;
  RevealDeviceInput: RevealDeviceInput;
  RevokeInvitationInput: RevokeInvitationInput;
  RevokeInvitationPayload: Omit<RevokeInvitationPayload, 'invitation'> & { invitation: ResolversParentTypes['Invitation'] };
  RotateFirmKeyInput: RotateFirmKeyInput;
  RotateFirmKeyPayload: RotateFirmKeyPayload;
  SealedField: SealedField;
  SealedFieldInput: SealedFieldInput;
  SealedInput: SealedInput;
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
  SignOutEverywherePayload: SignOutEverywherePayload;
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

export type AddKeyWrapsPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AddKeyWrapsPayload'] = ResolversParentTypes['AddKeyWrapsPayload']> = {
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
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

export type AppendKeyLogPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AppendKeyLogPayload'] = ResolversParentTypes['AppendKeyLogPayload']> = {
  keyLog?: Resolver<ResolversTypes['KeyLog'], ParentType, ContextType>;
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
  denial?: Resolver<Maybe<ResolversTypes['LeaseDenial']>, ParentType, ContextType>;
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

export type ClassCustodyResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ClassCustody'] = ResolversParentTypes['ClassCustody']> = {
  class?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  custody?: Resolver<ResolversTypes['Custody'], ParentType, ContextType>;
};

export type ClassResealingResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ClassResealing'] = ResolversParentTypes['ClassResealing']> = {
  class?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  version?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
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
  sealedFields?: Resolver<Array<ResolversTypes['SealedField']>, ParentType, ContextType, Partial<CommentSealedFieldsArgs>>;
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

export type DeviceRequestResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['DeviceRequest'] = ResolversParentTypes['DeviceRequest']> = {
  challenge?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  commitment?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  genesis?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  head?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  person?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  releasedBy?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  reveal?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  share?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  state?: Resolver<ResolversTypes['DeviceRequestState'], ParentType, ContextType>;
  statement?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type DeviceRequestPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['DeviceRequestPayload'] = ResolversParentTypes['DeviceRequestPayload']> = {
  request?: Resolver<ResolversTypes['DeviceRequest'], ParentType, ContextType>;
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
  sealedFields?: Resolver<Array<ResolversTypes['SealedField']>, ParentType, ContextType, Partial<DocumentSealedFieldsArgs>>;
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
  sealedFields?: Resolver<Array<ResolversTypes['SealedField']>, ParentType, ContextType, Partial<DocumentVersionSealedFieldsArgs>>;
  sha256?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type FirmResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Firm'] = ResolversParentTypes['Firm']> = {
  accessPolicy?: Resolver<Maybe<ResolversTypes['FirmAccessPolicy']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  custody?: Resolver<Array<ResolversTypes['ClassCustody']>, ParentType, ContextType>;
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
  agreedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  agreedBy?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  agreedById?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  askedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  askedBy?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  askedById?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  class?: Resolver<Maybe<ResolversTypes['FirmKeyClass']>, ParentType, ContextType>;
  done?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  endedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  failed?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  firm?: Resolver<Maybe<ResolversTypes['Firm']>, ParentType, ContextType>;
  firmId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['JobKind'], ParentType, ContextType>;
  needs?: Resolver<Maybe<ResolversTypes['JobConsent']>, ParentType, ContextType>;
  notBefore?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  requestHash?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['JobState'], ParentType, ContextType>;
  subject?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  terms?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  total?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  trouble?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  validUntil?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
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
  sealedFields?: Resolver<Array<ResolversTypes['SealedField']>, ParentType, ContextType, Partial<InvoiceSealedFieldsArgs>>;
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
  sealedFields?: Resolver<Array<ResolversTypes['SealedField']>, ParentType, ContextType, Partial<InvoiceLineItemSealedFieldsArgs>>;
  unitAmount?: Resolver<Maybe<ResolversTypes['Decimal']>, ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON';
}

export type JobConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['JobConnection'] = ResolversParentTypes['JobConnection']> = {
  edges?: Resolver<Array<ResolversTypes['JobEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['FirmJob']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type JobEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['JobEdge'] = ResolversParentTypes['JobEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['FirmJob'], ParentType, ContextType>;
};

export type KeyLogResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['KeyLog'] = ResolversParentTypes['KeyLog']> = {
  checkpoint?: Resolver<Maybe<ResolversTypes['KeyLogCheckpoint']>, ParentType, ContextType>;
  entries?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  genesis?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  head?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  installation?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  names?: Resolver<Array<ResolversTypes['KeyLogName']>, ParentType, ContextType>;
  newestVersions?: Resolver<Array<ResolversTypes['KeyLogVersion']>, ParentType, ContextType>;
  size?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type KeyLogCheckpointResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['KeyLogCheckpoint'] = ResolversParentTypes['KeyLogCheckpoint']> = {
  note?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  signedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  size?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type KeyLogNameResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['KeyLogName'] = ResolversParentTypes['KeyLogName']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  person?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  salt?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type KeyLogVersionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['KeyLogVersion'] = ResolversParentTypes['KeyLogVersion']> = {
  class?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type LeaseApprovalResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['LeaseApproval'] = ResolversParentTypes['LeaseApproval']> = {
  approvedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  requestHash?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  side?: Resolver<ResolversTypes['LeaseSide'], ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type LeaseDenialResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['LeaseDenial'] = ResolversParentTypes['LeaseDenial']> = {
  deniedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  side?: Resolver<Maybe<ResolversTypes['LeaseSide']>, ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  userId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
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
  sealedFields?: Resolver<Array<ResolversTypes['SealedField']>, ParentType, ContextType, Partial<MessageSealedFieldsArgs>>;
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
  addKeyWraps?: Resolver<Maybe<ResolversTypes['AddKeyWrapsPayload']>, ParentType, ContextType, RequireFields<MutationAddKeyWrapsArgs, 'input'>>;
  agreeToProposal?: Resolver<Maybe<ResolversTypes['OwnerProposalPayload']>, ParentType, ContextType, RequireFields<MutationAgreeToProposalArgs, 'input'>>;
  appendKeyLog?: Resolver<Maybe<ResolversTypes['AppendKeyLogPayload']>, ParentType, ContextType, RequireFields<MutationAppendKeyLogArgs, 'input'>>;
  approveBreakGlass?: Resolver<Maybe<ResolversTypes['BreakGlassLeasePayload']>, ParentType, ContextType, RequireFields<MutationApproveBreakGlassArgs, 'leaseId' | 'requestHash'>>;
  approveJob?: Resolver<Maybe<ResolversTypes['ApproveJobPayload']>, ParentType, ContextType, RequireFields<MutationApproveJobArgs, 'input'>>;
  cancelBreakGlass?: Resolver<Maybe<ResolversTypes['BreakGlassLeasePayload']>, ParentType, ContextType, RequireFields<MutationCancelBreakGlassArgs, 'leaseId'>>;
  cancelOwnerRecovery?: Resolver<Maybe<ResolversTypes['CancelOwnerRecoveryPayload']>, ParentType, ContextType>;
  challengeDevice?: Resolver<Maybe<ResolversTypes['DeviceRequestPayload']>, ParentType, ContextType, RequireFields<MutationChallengeDeviceArgs, 'input'>>;
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
  endDevice?: Resolver<Maybe<ResolversTypes['DeviceRequestPayload']>, ParentType, ContextType, RequireFields<MutationEndDeviceArgs, 'input'>>;
  endProposal?: Resolver<Maybe<ResolversTypes['OwnerProposalPayload']>, ParentType, ContextType, RequireFields<MutationEndProposalArgs, 'input'>>;
  inviteMember?: Resolver<Maybe<ResolversTypes['InviteMemberPayload']>, ParentType, ContextType, RequireFields<MutationInviteMemberArgs, 'input'>>;
  proposeToOwners?: Resolver<Maybe<ResolversTypes['OwnerProposalPayload']>, ParentType, ContextType, RequireFields<MutationProposeToOwnersArgs, 'input'>>;
  releaseBreakGlass?: Resolver<Maybe<ResolversTypes['BreakGlassLeasePayload']>, ParentType, ContextType, RequireFields<MutationReleaseBreakGlassArgs, 'leaseId'>>;
  releaseShare?: Resolver<Maybe<ResolversTypes['DeviceRequestPayload']>, ParentType, ContextType, RequireFields<MutationReleaseShareArgs, 'input'>>;
  removeMember?: Resolver<Maybe<ResolversTypes['RemoveMemberPayload']>, ParentType, ContextType, RequireFields<MutationRemoveMemberArgs, 'input'>>;
  requestBreakGlass?: Resolver<Maybe<ResolversTypes['BreakGlassLeasePayload']>, ParentType, ContextType, RequireFields<MutationRequestBreakGlassArgs, 'input'>>;
  requestDevice?: Resolver<Maybe<ResolversTypes['DeviceRequestPayload']>, ParentType, ContextType, RequireFields<MutationRequestDeviceArgs, 'input'>>;
  resealRecords?: Resolver<Maybe<ResolversTypes['ResealRecordsPayload']>, ParentType, ContextType, RequireFields<MutationResealRecordsArgs, 'input'>>;
  returnRecords?: Resolver<Maybe<ResolversTypes['ReturnRecordsPayload']>, ParentType, ContextType, RequireFields<MutationReturnRecordsArgs, 'input'>>;
  revealDevice?: Resolver<Maybe<ResolversTypes['DeviceRequestPayload']>, ParentType, ContextType, RequireFields<MutationRevealDeviceArgs, 'input'>>;
  reviewBreakGlass?: Resolver<Maybe<ResolversTypes['BreakGlassLeasePayload']>, ParentType, ContextType, RequireFields<MutationReviewBreakGlassArgs, 'leaseId'>>;
  revokeBreakGlass?: Resolver<Maybe<ResolversTypes['BreakGlassLeasePayload']>, ParentType, ContextType, RequireFields<MutationRevokeBreakGlassArgs, 'leaseId'>>;
  revokeInvitation?: Resolver<Maybe<ResolversTypes['RevokeInvitationPayload']>, ParentType, ContextType, RequireFields<MutationRevokeInvitationArgs, 'input'>>;
  rotateFirmKey?: Resolver<Maybe<ResolversTypes['RotateFirmKeyPayload']>, ParentType, ContextType, RequireFields<MutationRotateFirmKeyArgs, 'input'>>;
  setFirmAccessPolicy?: Resolver<Maybe<ResolversTypes['SetFirmAccessPolicyPayload']>, ParentType, ContextType, RequireFields<MutationSetFirmAccessPolicyArgs, 'input'>>;
  setFirmSignIn?: Resolver<Maybe<ResolversTypes['SetFirmSignInPayload']>, ParentType, ContextType, RequireFields<MutationSetFirmSignInArgs, 'input'>>;
  setMemberRole?: Resolver<Maybe<ResolversTypes['SetMemberRolePayload']>, ParentType, ContextType, RequireFields<MutationSetMemberRoleArgs, 'input'>>;
  shareWithClient?: Resolver<Maybe<ResolversTypes['ShareWithClientPayload']>, ParentType, ContextType, RequireFields<MutationShareWithClientArgs, 'input'>>;
  signOutEverywhere?: Resolver<Maybe<ResolversTypes['SignOutEverywherePayload']>, ParentType, ContextType>;
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
  sealedFields?: Resolver<Array<ResolversTypes['SealedField']>, ParentType, ContextType, Partial<NoteSealedFieldsArgs>>;
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

export type OwnerProposalResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['OwnerProposal'] = ResolversParentTypes['OwnerProposal']> = {
  agreement?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  body?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  person?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type OwnerProposalPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['OwnerProposalPayload'] = ResolversParentTypes['OwnerProposalPayload']> = {
  proposal?: Resolver<ResolversTypes['OwnerProposal'], ParentType, ContextType>;
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
  deviceRequests?: Resolver<Maybe<Array<ResolversTypes['DeviceRequest']>>, ParentType, ContextType>;
  document?: Resolver<Maybe<ResolversTypes['Document']>, ParentType, ContextType, RequireFields<QueryDocumentArgs, 'id'>>;
  documents?: Resolver<ResolversTypes['DocumentConnection'], ParentType, ContextType, RequireFields<QueryDocumentsArgs, 'orderBy'>>;
  firm?: Resolver<Maybe<ResolversTypes['Firm']>, ParentType, ContextType, RequireFields<QueryFirmArgs, 'id'>>;
  firmJobs?: Resolver<Maybe<Array<ResolversTypes['FirmJob']>>, ParentType, ContextType>;
  firmKeys?: Resolver<Maybe<Array<ResolversTypes['FirmKey']>>, ParentType, ContextType>;
  firms?: Resolver<ResolversTypes['FirmConnection'], ParentType, ContextType, RequireFields<QueryFirmsArgs, 'orderBy'>>;
  invoice?: Resolver<Maybe<ResolversTypes['Invoice']>, ParentType, ContextType, RequireFields<QueryInvoiceArgs, 'id'>>;
  invoices?: Resolver<ResolversTypes['InvoiceConnection'], ParentType, ContextType, RequireFields<QueryInvoicesArgs, 'orderBy'>>;
  job?: Resolver<Maybe<ResolversTypes['FirmJob']>, ParentType, ContextType, RequireFields<QueryJobArgs, 'id'>>;
  jobs?: Resolver<ResolversTypes['JobConnection'], ParentType, ContextType, RequireFields<QueryJobsArgs, 'orderBy'>>;
  keyLog?: Resolver<Maybe<ResolversTypes['KeyLog']>, ParentType, ContextType, Partial<QueryKeyLogArgs>>;
  keyWraps?: Resolver<Maybe<Array<ResolversTypes['String']>>, ParentType, ContextType, RequireFields<QueryKeyWrapsArgs, 'class' | 'recipient'>>;
  message?: Resolver<Maybe<ResolversTypes['Message']>, ParentType, ContextType, RequireFields<QueryMessageArgs, 'id'>>;
  messages?: Resolver<ResolversTypes['MessageConnection'], ParentType, ContextType, RequireFields<QueryMessagesArgs, 'orderBy' | 'threadId'>>;
  node?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType, RequireFields<QueryNodeArgs, 'id'>>;
  note?: Resolver<Maybe<ResolversTypes['Note']>, ParentType, ContextType, RequireFields<QueryNoteArgs, 'id'>>;
  notes?: Resolver<ResolversTypes['NoteConnection'], ParentType, ContextType, RequireFields<QueryNotesArgs, 'orderBy'>>;
  notices?: Resolver<ResolversTypes['NoticeConnection'], ParentType, ContextType, RequireFields<QueryNoticesArgs, 'orderBy'>>;
  ownerProposals?: Resolver<Maybe<Array<ResolversTypes['OwnerProposal']>>, ParentType, ContextType>;
  recordsToReseal?: Resolver<Maybe<Array<ResolversTypes['Node']>>, ParentType, ContextType, RequireFields<QueryRecordsToResealArgs, 'class'>>;
  recoveryShares?: Resolver<Maybe<Array<ResolversTypes['RecoveryShare']>>, ParentType, ContextType, RequireFields<QueryRecoverySharesArgs, 'recipient'>>;
  resealing?: Resolver<Maybe<Array<ResolversTypes['ClassResealing']>>, ParentType, ContextType>;
  thread?: Resolver<Maybe<ResolversTypes['Thread']>, ParentType, ContextType, RequireFields<QueryThreadArgs, 'id'>>;
  threads?: Resolver<ResolversTypes['ThreadConnection'], ParentType, ContextType, RequireFields<QueryThreadsArgs, 'orderBy'>>;
  timeEntries?: Resolver<ResolversTypes['TimeEntryConnection'], ParentType, ContextType, RequireFields<QueryTimeEntriesArgs, 'orderBy'>>;
  timeEntry?: Resolver<Maybe<ResolversTypes['TimeEntry']>, ParentType, ContextType, RequireFields<QueryTimeEntryArgs, 'id'>>;
  viewer?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type RecoveryShareResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['RecoveryShare'] = ResolversParentTypes['RecoveryShare']> = {
  device?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  person?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  recipient?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  share?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type RemoveMemberPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['RemoveMemberPayload'] = ResolversParentTypes['RemoveMemberPayload']> = {
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type ResealRecordsPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ResealRecordsPayload'] = ResolversParentTypes['ResealRecordsPayload']> = {
  resealedIds?: Resolver<Array<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type ReturnRecordsPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ReturnRecordsPayload'] = ResolversParentTypes['ReturnRecordsPayload']> = {
  returnedIds?: Resolver<Array<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type RevokeInvitationPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['RevokeInvitationPayload'] = ResolversParentTypes['RevokeInvitationPayload']> = {
  invitation?: Resolver<ResolversTypes['Invitation'], ParentType, ContextType>;
};

export type RotateFirmKeyPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['RotateFirmKeyPayload'] = ResolversParentTypes['RotateFirmKeyPayload']> = {
  jobId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type SealedFieldResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['SealedField'] = ResolversParentTypes['SealedField']> = {
  envelope?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  stamp?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
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

export type SignOutEverywherePayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['SignOutEverywherePayload'] = ResolversParentTypes['SignOutEverywherePayload']> = {
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
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
  sealedFields?: Resolver<Array<ResolversTypes['SealedField']>, ParentType, ContextType, Partial<TimeEntrySealedFieldsArgs>>;
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
  AddKeyWrapsPayload?: AddKeyWrapsPayloadResolvers<ContextType>;
  Alert?: AlertResolvers<ContextType>;
  AlertConnection?: AlertConnectionResolvers<ContextType>;
  AlertEdge?: AlertEdgeResolvers<ContextType>;
  AppendKeyLogPayload?: AppendKeyLogPayloadResolvers<ContextType>;
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
  ClassCustody?: ClassCustodyResolvers<ContextType>;
  ClassResealing?: ClassResealingResolvers<ContextType>;
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
  DeviceRequest?: DeviceRequestResolvers<ContextType>;
  DeviceRequestPayload?: DeviceRequestPayloadResolvers<ContextType>;
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
  JobConnection?: JobConnectionResolvers<ContextType>;
  JobEdge?: JobEdgeResolvers<ContextType>;
  KeyLog?: KeyLogResolvers<ContextType>;
  KeyLogCheckpoint?: KeyLogCheckpointResolvers<ContextType>;
  KeyLogName?: KeyLogNameResolvers<ContextType>;
  KeyLogVersion?: KeyLogVersionResolvers<ContextType>;
  LeaseApproval?: LeaseApprovalResolvers<ContextType>;
  LeaseDenial?: LeaseDenialResolvers<ContextType>;
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
  OwnerProposal?: OwnerProposalResolvers<ContextType>;
  OwnerProposalPayload?: OwnerProposalPayloadResolvers<ContextType>;
  OwnerRecovery?: OwnerRecoveryResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  RecoveryShare?: RecoveryShareResolvers<ContextType>;
  RemoveMemberPayload?: RemoveMemberPayloadResolvers<ContextType>;
  ResealRecordsPayload?: ResealRecordsPayloadResolvers<ContextType>;
  ReturnRecordsPayload?: ReturnRecordsPayloadResolvers<ContextType>;
  RevokeInvitationPayload?: RevokeInvitationPayloadResolvers<ContextType>;
  RotateFirmKeyPayload?: RotateFirmKeyPayloadResolvers<ContextType>;
  SealedField?: SealedFieldResolvers<ContextType>;
  SetFirmAccessPolicyPayload?: SetFirmAccessPolicyPayloadResolvers<ContextType>;
  SetFirmSignInPayload?: SetFirmSignInPayloadResolvers<ContextType>;
  SetMemberRolePayload?: SetMemberRolePayloadResolvers<ContextType>;
  ShareWithClientPayload?: ShareWithClientPayloadResolvers<ContextType>;
  SharedSubject?: SharedSubjectResolvers<ContextType>;
  SignOutEverywherePayload?: SignOutEverywherePayloadResolvers<ContextType>;
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
