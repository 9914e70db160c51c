/**
 * Evaluates policies like IAM, for the features that the stack's policies use. Throws for any other feature. A key policy or bucket policy is
 * evaluated together with the policy of the role: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */

type Values = string | readonly string[];

export interface Statement {
	readonly Sid?: string;
	readonly Effect: 'Allow' | 'Deny';
	readonly Principal?: '*' | { readonly AWS?: Values; readonly Service?: Values };
	readonly Action: Values;
	readonly Resource?: Values;
	readonly Condition?: Readonly<Record<string, Readonly<Record<string, Values>>>>;
}

export interface Request {
	/** ARN of the caller's role. */
	readonly role: string;
	readonly action: string;
	readonly resource: string;
	/** Values that conditions are compared with. */
	readonly context?: Readonly<Record<string, Values>>;
}

const ROOT = /^arn:aws:iam::\d{12}:root$/;

/** `own`: policy of the caller's role. `resource`: policy of the key or bucket. `keyDecides`: a key's policy must allow the call, or delegate to the account. */
export function isAllowed(
	request: Request,
	own: readonly Statement[],
	resource: readonly Statement[],
	keyDecides = false,
): boolean {
	const ofRole = own.filter((statement) => fits(statement, request));
	const ofResource = resource.filter((statement) => names(statement, request.role) && fits(statement, request));
	if ([...ofRole, ...ofResource].some(({ Effect }) => Effect === 'Deny')) return false;
	const allows = (statements: readonly Statement[]) => statements.some(({ Effect }) => Effect === 'Allow');
	const toAccount = ofResource.filter(({ Principal }) => isAccount(Principal));
	const toRole = ofResource.filter(({ Principal }) => !isAccount(Principal));
	if (allows(toRole)) return true;
	return allows(ofRole) && (!keyDecides || allows(toAccount));
}

const isAccount = (principal: Statement['Principal']) =>
	typeof principal === 'object' && list(principal.AWS).some((arn) => ROOT.test(arn));

/** An account as the principal means each of its roles, if the role's own policy allows the call. */
function names({ Principal: principal }: Statement, role: string): boolean {
	if (principal === '*') return true;
	return isAccount(principal) || list(principal?.AWS).some((arn) => arn === '*' || arn === role);
}

const fits = ({ Action, Resource = '*', Condition = {} }: Statement, { action, resource, context = {} }: Request) =>
	list(Action).some((pattern) => isLike(pattern, action)) &&
	list(Resource).some((pattern) => isLike(pattern, resource)) &&
	Object.entries(Condition).every(([operator, keys]) =>
		Object.entries(keys).every(([key, wanted]) => holds(operator, list(wanted), context[key])),
	);

function holds(operator: string, wanted: readonly string[], given: Values | undefined): boolean {
	const [set, comparison = set] = operator.split(':') as [string, string?];
	if (set === 'ForAllValues') return list(given).every((value) => compare(comparison, wanted, value));
	if (operator === 'Null') return wanted.includes(String(given === undefined));
	if (typeof given === 'object') throw new Error(`${operator} compares one value, and there are several.`);
	return compare(operator, wanted, given);
}

function compare(operator: string, wanted: readonly string[], given: string | undefined): boolean {
	switch (operator) {
		case 'StringEquals':
		case 'Bool':
			return given !== undefined && wanted.includes(given);
		// A missing value equals nothing.
		case 'StringNotEquals':
			return given === undefined || !wanted.includes(given);
		case 'NumericLessThan':
			return given !== undefined && wanted.some((value) => Number(given) < Number(value));
		case 'StringLike':
		case 'ArnLike':
		case 'ArnEquals':
			return given !== undefined && wanted.some((pattern) => isLike(pattern, given));
		default:
			throw new Error(`These tests don't know the operator ${operator}.`);
	}
}

const patterns = new Map<string, RegExp>();

function isLike(pattern: string, text: string): boolean {
	const known = patterns.get(pattern) ?? new RegExp(`^${escaped(pattern)}$`, 's');
	patterns.set(pattern, known);
	return known.test(text);
}

const escaped = (pattern: string) =>
	pattern
		.replace(/[.+^${}()|[\]\\]/g, '\\$&')
		.replaceAll('*', '.*')
		.replaceAll('?', '.');

export function list(values: Values | undefined): readonly string[] {
	return values === undefined ? [] : [values].flat();
}
