import { bindingsAreLocked } from './bindings-are-locked.ts';
import { bindingsAreUnique } from './bindings-are-unique.ts';
import { classIsKnown } from './class-is-known.ts';
import { connectionsHoldNoContent } from './connections-hold-no-content.ts';
import { encryptedIsFirmOwned } from './encrypted-is-firm-owned.ts';
import { encryptedIsNotAnIdentity } from './encrypted-is-not-an-identity.ts';
import { encryptedIsNullable } from './encrypted-is-nullable.ts';
import { encryptedIsSealable } from './encrypted-is-sealable.ts';
import { encryptedTakesNoArguments } from './encrypted-takes-no-arguments.ts';
import { exactlyOneMark } from './exactly-one-mark.ts';
import { firmOwnedHasIds } from './firm-owned-has-ids.ts';
import { interfacesAgree } from './interfaces-agree.ts';
import { marksHaveColumns } from './marks-have-columns.ts';
import { movedColumnsFit } from './moved-columns-fit.ts';
import { noFilterOnContent } from './no-filter-on-content.ts';
import { oneClassPerTable } from './one-class-per-table.ts';
import { padIsInRange } from './pad-is-in-range.ts';
import type { StartUpRule } from './rule.ts';

/** The rules that a schema must follow for the process to start, in the order in which violations are reported. */
export const startUpRules: readonly StartUpRule[] = [
	firmOwnedHasIds,
	exactlyOneMark,
	encryptedIsFirmOwned,
	classIsKnown,
	padIsInRange,
	encryptedIsNullable,
	encryptedIsNotAnIdentity,
	encryptedTakesNoArguments,
	encryptedIsSealable,
	interfacesAgree,
	marksHaveColumns,
	movedColumnsFit,
	bindingsAreUnique,
	bindingsAreLocked,
	oneClassPerTable,
	noFilterOnContent,
	connectionsHoldNoContent,
];
