import { FILE_LOCATION_COORDINATE } from '../content/index.ts';
import { sealedColumns } from '../database/index.ts';
import type { Registry } from '../encryption-directive/index.ts';
import type { FieldMove, FileFields } from '../jobs/index.ts';
import { createSchema, TABLE_OF } from './schema.ts';

/** Fields whose sealed column takes over a column of plaintext. */
export const fieldMoves = (registry: Registry = createSchema().registry): FieldMove[] =>
	sealedColumns(TABLE_OF).flatMap(({ typeName, fieldName, table, column, from }) => {
		const field = registry.get(`${typeName}.${fieldName}`);
		if (!field || !from?.type) return [];
		const file =
			field.coordinate === FILE_LOCATION_COORDINATE
				? { ofVersion: fileFields(registry, typeName), ofDocument: fileFields(registry, 'Document') }
				: null;
		return [{ coordinate: field.coordinate, field, table, from: from.column, to: column, type: from.type, file }];
	});

/** @throws Error when the schema says less of a file. */
function fileFields(registry: Registry, type: string): FileFields {
	const fieldOf = (name: string) => {
		const field = registry.get(`${type}.${name}`);
		if (!field) throw new Error(`${type}.${name} is no encrypted field.`);
		return field;
	};
	return { bucket: fieldOf('bucket'), objectKey: fieldOf('objectKey'), sha256: fieldOf('sha256') };
}
