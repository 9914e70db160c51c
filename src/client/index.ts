export { type AnsweredRequest, type CollectedAnswer, collectSealed } from './collect-sealed.ts';
export type { ContentInput, ContentMutation, ContentType } from './coordinate-types.ts';
export { CONTENT_TYPES } from './coordinates.generated.ts';
export { type FinishedAnswer, finish } from './finish.ts';
export type {
	CustodyOf,
	CustodyOfClass,
	OpenedRecord,
	OpenedValue,
	Opener,
	RecordToOpen,
	RowToSeal,
	SealedContent,
	SealedValue,
} from './opener.ts';
export { type PreparedMutation, prepareMutation } from './prepare-mutation.ts';
export { type PreparedDocument, prepareQuery } from './prepare-query.ts';
