#!/bin/sh
# Puts the binary of a build into OBS, by its S3 interface, and writes release.yaml:
#   BUCKET=waterworks-firmware REGION=ap-southeast-1 ./publish.sh build/firmware.bin 1.4
set -eu

file=$1
version=$2
sha256=$(sha256sum "$file" | cut -d ' ' -f 1)
# A build under the same version is another object: no package that is there changes.
key="nbm1/$version-$(echo "$sha256" | cut -c 1-12).bin"

export AWS_ACCESS_KEY_ID="$HW_ACCESS_KEY" AWS_SECRET_ACCESS_KEY="$HW_SECRET_KEY"
export AWS_DEFAULT_REGION="$REGION"
export AWS_ENDPOINT_URL="${OBS_ENDPOINT:-https://obs.$REGION.myhuaweicloud.com}"
# Checksums that are newer than S3 itself are nothing that other stores need to know.
export AWS_REQUEST_CHECKSUM_CALCULATION=when_required AWS_RESPONSE_CHECKSUM_VALIDATION=when_required

aws s3 cp --no-progress "$file" "s3://$BUCKET/$key"

cat >release.yaml <<END
# Written by publish.sh, which prints what it uploaded; a pull request with this file is the release.
version: "$version"
objectKey: $key
sha256: $sha256
END
cat release.yaml
