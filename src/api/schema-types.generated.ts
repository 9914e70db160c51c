import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { FirmRow, NoteRow, UserRow } from '../database/index.ts';
import type { AuditEntryNode } from './resolvers/audit.ts';
import type { Connection } from './connection.ts';
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

/** Orders of the audit log. */
export type AuditEntryOrder =
  /** Last committed first, at once. */
  | 'NEWEST_FIRST'
  /** As they were committed; a reader who goes on from a cursor misses nothing. */
  | 'OLDEST_FIRST';

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

/** A new note. */
export type CreateNoteInput = {
  /** The text; at most 131,072 bytes. */
  body?: InputMaybe<Scalars['String']['input']>;
  /** UUIDv7 made by the client, so that the same create may be sent again; made by the server if left out. */
  id?: InputMaybe<Scalars['ID']['input']>;
  /** What it is about; at most 1,024 bytes. */
  title?: InputMaybe<Scalars['String']['input']>;
};

/** The note that was written. */
export type CreateNotePayload = {
  /** The note. */
  note: Note;
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

/** A firm whose content Firmseal keeps. */
export type Firm = Node & {
  /** When the firm was created. */
  createdAt: Scalars['DateTime']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** The firm's name. */
  name: Scalars['String']['output'];
  /** Grows by one with each change. */
  revision: Scalars['Int']['output'];
  /** Short name for addresses and commands. */
  slug: Scalars['String']['output'];
  /** Whether the firm's members may work. */
  status: FirmStatus;
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

/** What somebody may do in a firm. */
export type FirmRole =
  /** A customer of the firm: sees what is shared with them. */
  | 'CLIENT'
  /** Reads and writes the firm's content. */
  | 'MEMBER'
  /** Everything, members, keys and the audit log included. */
  | 'OWNER';

/** Whether a firm's members may work. */
export type FirmStatus =
  /** Open. */
  | 'ACTIVE'
  /** Its members' tokens are refused; nothing is deleted. */
  | 'SUSPENDED';

/** What can be changed. Every change is recorded before it is committed. */
export type Mutation = {
  /** Writes a new note. */
  createNote?: Maybe<CreateNotePayload>;
  /** Removes a note's content for good. */
  deleteNote?: Maybe<DeleteNotePayload>;
  /** Changes a note's content. */
  updateNote?: Maybe<UpdateNotePayload>;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationCreateNoteArgs = {
  input: CreateNoteInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationDeleteNoteArgs = {
  input: DeleteNoteInput;
};


/** What can be changed. Every change is recorded before it is committed. */
export type MutationUpdateNoteArgs = {
  input: UpdateNoteInput;
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
  /** The text; at most 131,072 bytes. */
  body?: Maybe<Scalars['String']['output']>;
  /** When it was written. */
  createdAt: Scalars['DateTime']['output'];
  /** The firm that the note belongs to. */
  firmId: Scalars['ID']['output'];
  /** UUIDv7 in lower case. */
  id: Scalars['ID']['output'];
  /** Grows by one with each change; a change names the one it has seen. */
  revision: Scalars['Int']['output'];
  /** What it is about; at most 1,024 bytes. */
  title?: Maybe<Scalars['String']['output']>;
  /** When it was last changed. */
  updatedAt: Scalars['DateTime']['output'];
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

/** What somebody who operates the platform may do. */
export type OperatorRole =
  /** Approves or denies leases of others. */
  | 'APPROVER'
  /** Reads the audit log. */
  | 'AUDITOR'
  /** Diagnoses with metadata. */
  | 'OPERATOR';

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
  /** The audit log, of the owner's firm or, for an auditor, of all. Reading it is itself recorded. */
  auditEntries: AuditEntryConnection;
  /** A firm by id; null if there is none that the caller may see. */
  firm?: Maybe<Firm>;
  /** The firms that the caller may see: its own, or all for an operator. */
  firms: FirmConnection;
  /** Any object by its id; null if there is none that the caller may see. */
  node?: Maybe<Node>;
  /** A note by id; null if there is none that the caller may see. */
  note?: Maybe<Note>;
  /** Notes of one firm. */
  notes: NoteConnection;
  /** Who the token is. */
  viewer: User;
};


/** What can be read. Lists are Relay connections of 50 by default and 1,000 at most. */
export type QueryAuditEntriesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  firmId?: InputMaybe<Scalars['ID']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<AuditEntryOrder>;
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

/** An account: somebody of a firm, or somebody who operates the platform. Nobody is both. */
export type User = Node & {
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
  /** What the person may do as an operator; empty for a firm's people. */
  operatorRoles: Array<OperatorRole>;
  /** The role in the firm; null for who operates the platform. */
  role?: Maybe<FirmRole>;
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




/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  FirmOwned: ( NoteRow );
  Node:
    | ( AuditEntryNode )
    | ( FirmRow )
    | ( NoteRow )
    | ( UserRow )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  AuditDecision: AuditDecision;
  AuditEntry: ResolverTypeWrapper<AuditEntryNode>;
  AuditEntryConnection: ResolverTypeWrapper<Connection<AuditEntryNode>>;
  AuditEntryEdge: ResolverTypeWrapper<Omit<AuditEntryEdge, 'node'> & { node: ResolversTypes['AuditEntry'] }>;
  AuditEntryOrder: AuditEntryOrder;
  AuditKeyUse: ResolverTypeWrapper<AuditKeyUse>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  ContentClass: ContentClass;
  CreateNoteInput: CreateNoteInput;
  CreateNotePayload: ResolverTypeWrapper<Omit<CreateNotePayload, 'note'> & { note: ResolversTypes['Note'] }>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Decimal: ResolverTypeWrapper<Scalars['Decimal']['output']>;
  DeleteNoteInput: DeleteNoteInput;
  DeleteNotePayload: ResolverTypeWrapper<DeleteNotePayload>;
  Firm: ResolverTypeWrapper<FirmRow>;
  FirmConnection: ResolverTypeWrapper<Connection<FirmRow>>;
  FirmEdge: ResolverTypeWrapper<Omit<FirmEdge, 'node'> & { node: ResolversTypes['Firm'] }>;
  FirmOrder: FirmOrder;
  FirmOwned: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['FirmOwned']>;
  FirmRole: FirmRole;
  FirmStatus: FirmStatus;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  JSON: ResolverTypeWrapper<Scalars['JSON']['output']>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  Note: ResolverTypeWrapper<NoteRow>;
  NoteConnection: ResolverTypeWrapper<Connection<NoteRow>>;
  NoteEdge: ResolverTypeWrapper<Omit<NoteEdge, 'node'> & { node: ResolversTypes['Note'] }>;
  NoteFilter: NoteFilter;
  NoteOrder: NoteOrder;
  OperatorRole: OperatorRole;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  UpdateNoteInput: UpdateNoteInput;
  UpdateNotePayload: ResolverTypeWrapper<Omit<UpdateNotePayload, 'note'> & { note: ResolversTypes['Note'] }>;
  User: ResolverTypeWrapper<UserRow>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AuditEntry: AuditEntryNode;
  AuditEntryConnection: Connection<AuditEntryNode>;
  AuditEntryEdge: Omit<AuditEntryEdge, 'node'> & { node: ResolversParentTypes['AuditEntry'] };
  AuditKeyUse: AuditKeyUse;
  Boolean: Scalars['Boolean']['output'];
  CreateNoteInput: CreateNoteInput;
  CreateNotePayload: Omit<CreateNotePayload, 'note'> & { note: ResolversParentTypes['Note'] };
  DateTime: Scalars['DateTime']['output'];
  Decimal: Scalars['Decimal']['output'];
  DeleteNoteInput: DeleteNoteInput;
  DeleteNotePayload: DeleteNotePayload;
  Firm: FirmRow;
  FirmConnection: Connection<FirmRow>;
  FirmEdge: Omit<FirmEdge, 'node'> & { node: ResolversParentTypes['Firm'] };
  FirmOwned: ResolversInterfaceTypes<ResolversParentTypes>['FirmOwned'];
  Float: Scalars['Float']['output'];
  ID: Scalars['ID']['output'];
  Int: Scalars['Int']['output'];
  JSON: Scalars['JSON']['output'];
  Mutation: Record<PropertyKey, never>;
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  Note: NoteRow;
  NoteConnection: Connection<NoteRow>;
  NoteEdge: Omit<NoteEdge, 'node'> & { node: ResolversParentTypes['Note'] };
  NoteFilter: NoteFilter;
  PageInfo: PageInfo;
  Query: Record<PropertyKey, never>;
  String: Scalars['String']['output'];
  UpdateNoteInput: UpdateNoteInput;
  UpdateNotePayload: Omit<UpdateNotePayload, 'note'> & { note: ResolversParentTypes['Note'] };
  User: UserRow;
};

export type EncryptedDirectiveArgs = {
  class: ContentClass;
  pad?: Maybe<Scalars['Int']['input']>;
};

export type EncryptedDirectiveResolver<Result, Parent, ContextType = RequestContext, Args = EncryptedDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type MetadataDirectiveArgs = { };

export type MetadataDirectiveResolver<Result, Parent, ContextType = RequestContext, Args = MetadataDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

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

export type AuditKeyUseResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AuditKeyUse'] = ResolversParentTypes['AuditKeyUse']> = {
  class?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  requestId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type CreateNotePayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['CreateNotePayload'] = ResolversParentTypes['CreateNotePayload']> = {
  note?: Resolver<ResolversTypes['Note'], ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export interface DecimalScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Decimal'], any> {
  name: 'Decimal';
}

export type DeleteNotePayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['DeleteNotePayload'] = ResolversParentTypes['DeleteNotePayload']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type FirmResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Firm'] = ResolversParentTypes['Firm']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  revision?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  slug?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['FirmStatus'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
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

export type FirmOwnedResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['FirmOwned'] = ResolversParentTypes['FirmOwned']> = {
  __resolveType: TypeResolveFn<'Note', ParentType, ContextType>;
};

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON';
}

export type MutationResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  createNote?: Resolver<Maybe<ResolversTypes['CreateNotePayload']>, ParentType, ContextType, RequireFields<MutationCreateNoteArgs, 'input'>>;
  deleteNote?: Resolver<Maybe<ResolversTypes['DeleteNotePayload']>, ParentType, ContextType, RequireFields<MutationDeleteNoteArgs, 'input'>>;
  updateNote?: Resolver<Maybe<ResolversTypes['UpdateNotePayload']>, ParentType, ContextType, RequireFields<MutationUpdateNoteArgs, 'input'>>;
};

export type NodeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'AuditEntry' | 'Firm' | 'Note' | 'User', ParentType, ContextType>;
};

export type NoteResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Note'] = ResolversParentTypes['Note']> = {
  author?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  body?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
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

export type PageInfoResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  auditEntries?: Resolver<ResolversTypes['AuditEntryConnection'], ParentType, ContextType, Partial<QueryAuditEntriesArgs>>;
  firm?: Resolver<Maybe<ResolversTypes['Firm']>, ParentType, ContextType, RequireFields<QueryFirmArgs, 'id'>>;
  firms?: Resolver<ResolversTypes['FirmConnection'], ParentType, ContextType, Partial<QueryFirmsArgs>>;
  node?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType, RequireFields<QueryNodeArgs, 'id'>>;
  note?: Resolver<Maybe<ResolversTypes['Note']>, ParentType, ContextType, RequireFields<QueryNoteArgs, 'id'>>;
  notes?: Resolver<ResolversTypes['NoteConnection'], ParentType, ContextType, Partial<QueryNotesArgs>>;
  viewer?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type UpdateNotePayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['UpdateNotePayload'] = ResolversParentTypes['UpdateNotePayload']> = {
  note?: Resolver<ResolversTypes['Note'], ParentType, ContextType>;
};

export type UserResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  email?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  firm?: Resolver<Maybe<ResolversTypes['Firm']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  operatorRoles?: Resolver<Array<ResolversTypes['OperatorRole']>, ParentType, ContextType>;
  role?: Resolver<Maybe<ResolversTypes['FirmRole']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type Resolvers<ContextType = RequestContext> = {
  AuditEntry?: AuditEntryResolvers<ContextType>;
  AuditEntryConnection?: AuditEntryConnectionResolvers<ContextType>;
  AuditEntryEdge?: AuditEntryEdgeResolvers<ContextType>;
  AuditKeyUse?: AuditKeyUseResolvers<ContextType>;
  CreateNotePayload?: CreateNotePayloadResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  Decimal?: GraphQLScalarType;
  DeleteNotePayload?: DeleteNotePayloadResolvers<ContextType>;
  Firm?: FirmResolvers<ContextType>;
  FirmConnection?: FirmConnectionResolvers<ContextType>;
  FirmEdge?: FirmEdgeResolvers<ContextType>;
  FirmOwned?: FirmOwnedResolvers<ContextType>;
  JSON?: GraphQLScalarType;
  Mutation?: MutationResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  Note?: NoteResolvers<ContextType>;
  NoteConnection?: NoteConnectionResolvers<ContextType>;
  NoteEdge?: NoteEdgeResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  UpdateNotePayload?: UpdateNotePayloadResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
};

export type DirectiveResolvers<ContextType = RequestContext> = {
  encrypted?: EncryptedDirectiveResolver<any, any, ContextType>;
  metadata?: MetadataDirectiveResolver<any, any, ContextType>;
};
