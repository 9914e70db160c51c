import type { DocumentDetailsQuery } from '../../../../kit/api/operator.generated.ts';
import type { OpenedValue } from '../../../records/opened-values.tsx';

/** The values of a document and of its versions. */
export function valuesOfDetails({ document }: DocumentDetailsQuery): readonly OpenedValue[] {
	if (!document) return [];
	const { id, description, bucket, objectKey, sha256, versions } = document;
	return [
		...valuesOf('Document', id, { description, bucket, objectKey, sha256 }),
		...versions.flatMap((each) =>
			valuesOf('DocumentVersion', each.id, {
				changeSummary: each.changeSummary,
				bucket: each.bucket,
				objectKey: each.objectKey,
				sha256: each.sha256,
			}),
		),
	];
}

const valuesOf = (type: string, id: string, fields: Readonly<Record<string, string | null>>): readonly OpenedValue[] =>
	Object.entries(fields).map(([name, value]) => ({ id, coordinate: `${type}.${name}`, value }));
