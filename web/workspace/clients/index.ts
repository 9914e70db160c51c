export { ClientField } from './client-field.tsx';
export { NoPortalPeople } from './no-portal-people.tsx';
