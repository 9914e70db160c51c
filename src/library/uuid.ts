const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A lower-case UUID, as values are sealed to and the log knows people by. */
export const isUuid = (id: unknown): boolean => typeof id === 'string' && UUID.test(id);
