export { decideOnPerson, lacksOne, mayDecide, type OperatorsNow, selectOperatorsNow } from './decide-on-person.ts';
export { type PeopleParts, personSteps } from './person-steps.ts';
export { type PersonTerms, readPersonTerms } from './person-terms.ts';
export { type PersonRequest, type RequestedPerson, requestPerson, selectPersonRequests } from './request-person.ts';
