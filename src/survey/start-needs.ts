/** What AWS must be able to reach from a Fargate task's own subnet before its containers start. */
import { awslogsOf } from '../domain/container-logs.ts';
import type { JsonObject } from '../domain/json.ts';

/** ECR user guide, "Interface VPC endpoints": the layers of an image come from S3, over its gateway endpoint. */
const OF_ECR = ['ecr.api', 'ecr.dkr'];

export interface StartNeeds {
  /** AWS's services, by the short names of their endpoints: 'ecr.api', 'logs'. */
  readonly services: readonly string[];
  /** Images that no endpoint of a VPC leads to. */
  readonly publicImages: readonly string[];
}

export function startNeeds({ containerDefinitions }: JsonObject): StartNeeds {
  const containers = (Array.isArray(containerDefinitions) ? containerDefinitions : []) as JsonObject[];
  const images = containers.flatMap(({ image }) => (typeof image === 'string' ? [image] : []));
  const publicImages = images.filter((image) => !/^\d{12}\.dkr\.ecr\./.test(image));
  const services = [
    ...(publicImages.length < images.length ? OF_ECR : []),
    ...(containers.some((container) => awslogsOf(container)) ? ['logs'] : []),
  ];
  return { services, publicImages: [...new Set(publicImages)] };
}
