/** The operations of the API that a connection uses. */
export const KEY_LOG = `query KeyLog($after: Int, $first: Int) {
	keyLog(after: $after, first: $first) {
		installation size entries names { person salt name } checkpoint { size note } newestVersions { class version }
	}
}`;

export const KEY_WRAPS = `query KeyWraps($class: String!, $recipient: String!) {
	keyWraps(class: $class, recipient: $recipient)
}`;

export const APPEND = `mutation AppendKeyLog($input: AppendKeyLogInput!) {
	appendKeyLog(input: $input) { keyLog { size } }
}`;

export const ADD_WRAPS = `mutation AddKeyWraps($input: AddKeyWrapsInput!) { addKeyWraps(input: $input) { count } }`;
