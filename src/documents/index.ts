export {
	type ByteRange,
	type ObjectStore,
	ObjectStoreError,
	type ObjectStoreReason,
	type StoredObject,
	type StoreFinding,
	type WriteOptions,
} from './object-store.ts';
