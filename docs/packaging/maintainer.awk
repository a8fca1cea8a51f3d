# The maintainer of a packaging folder's control or changelog: NAME <EMAIL> of the environment's DEBFULLNAME and DEBEMAIL.
BEGIN { maintainer = ENVIRON["DEBFULLNAME"] " <" ENVIRON["DEBEMAIL"] ">" }
/^Maintainer: / { print "Maintainer: " maintainer; next }
/^ -- .*>  / { sub(/^ -- .*>  /, ""); print " -- " maintainer "  " $0; next }
{ print }
