/** The operations of the API by which records are sealed again, or given back. */
export const RESEALING = `query Resealing { resealing { class count } }`;

/** `selection`: the fields to read of each type of the class. */
export const toReseal = (
	selection: string,
): string => `query RecordsToReseal($class: String!, $first: Int!, $after: ID) {
	recordsToReseal(class: $class, first: $first, after: $after) { __typename id ${selection} }
}`;

export const RETURN = `mutation ReturnRecords($input: ReturnRecordsInput!) {
	returnRecords(input: $input) { returnedIds }
}`;

export const RESEAL = `mutation ResealRecords($input: ResealRecordsInput!) {
	resealRecords(input: $input) { resealedIds }
}`;
